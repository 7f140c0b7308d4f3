"""Every test here runs real processes of one prepared network."""

from tests.support.prepared import prepared

__all__ = ["prepared"]
