"""`foyer`: what anyone can run on a release, offline."""
