"""What words people decide about. Light: the command line needs it for its help."""

from enum import StrEnum


class RulingKind(StrEnum):
    """What a word is of."""

    CHANNEL = "CHANNEL"
    PRICE_CLASS = "PRICE_CLASS"
    DISCIPLINE = "DISCIPLINE"  # of a production, by its title
    EXCLUSION = "EXCLUSION"  # of an event, by its name (R20)
    EVENT_STATUS = "EVENT_STATUS"  # of an event, by its name
