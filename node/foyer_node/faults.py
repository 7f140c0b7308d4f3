"""What may be said of an error that nobody foresaw: its text could quote a visitor."""

import traceback


def name_and_place(failure: Exception) -> str:
    """`ValueError at compile.py:31`: enough to find a bug, and nothing that it was about."""
    last = traceback.extract_tb(failure.__traceback__)[-1]
    module = last.filename.rpartition("/")[2]
    return f"{type(failure).__name__} at {module}:{last.lineno}"
