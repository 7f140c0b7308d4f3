"""What may be said of an error that nobody foresaw: its text could quote a visitor."""

import logging
import traceback


def name_and_place(failure: BaseException) -> str:
    """`ValueError at compile.py:31`: enough to find a bug, and nothing that it was about."""
    last = traceback.extract_tb(failure.__traceback__)[-1]
    module = last.filename.rpartition("/")[2]
    return f"{type(failure).__name__} at {module}:{last.lineno}"


class OnlyNameAndPlace(logging.Filter):
    """Takes the traceback and text of an exception out of a log record.

    For loggers of libraries, which write whole exceptions down.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Let the record through, without what the exception said."""
        if record.exc_info and record.exc_info[1] is not None:
            record.msg, record.args = f"failed: {name_and_place(record.exc_info[1])}", ()
        record.exc_info, record.exc_text = None, None
        return True
