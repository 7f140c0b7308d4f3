"""Two people before a round costs anything: who proposed it does not launch it.

A name that is typed is a record and no proof: the machine's own accounts guard the command.
"""

from foyer_protocol.errors import ConfigError, SecondPersonNeeded

LONGEST = 120


def name_of(by: str) -> str:
    """A person's name as it is kept.

    Raises:
        ConfigError: it is empty, too long or holds what cannot be printed.
    """
    name = " ".join(by.split())
    if not name or len(name) > LONGEST or not name.isprintable():
        raise ConfigError(
            "it was not said who does this; nothing was changed",
            hint="Add --by NAME, of at most 120 characters, or set FOYER_OPERATOR.",
        )
    return name


def need_second(first: str, second: str, what: str, *, is_required: bool) -> None:
    """Refuse one person in both roles, where the settings ask for two.

    A round of before there were names has no first, and anybody may launch it.

    Raises:
        SecondPersonNeeded: both are the same name, however it is written.
    """
    if is_required and first.casefold() == second.casefold():
        raise SecondPersonNeeded(
            f"{what} was proposed in the same name; it takes a second person, and nothing was"
            " changed",
            hint="Somebody else gives the command, with --by and their own name.",
        )
