"""What anyone can check of a release, offline, from an exported bundle: start at `verify`."""
