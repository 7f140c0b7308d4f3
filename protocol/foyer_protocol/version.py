"""The version of the protocol. A node and a coordinator must agree on it exactly."""

PROTOCOL_VERSION = 1
"""Written in every envelope and every roster; raised when a message changes its meaning."""
