"""Days as the store compares them."""

from datetime import date, datetime, time


def midnight(day: date) -> datetime:
    """The first moment of a UTC day, without tzinfo."""
    return datetime.combine(day, time.min)
