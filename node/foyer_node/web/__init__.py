"""The node's own pages: mine beside the peers', status, and what left the building."""
