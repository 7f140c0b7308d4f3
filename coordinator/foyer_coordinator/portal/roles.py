"""Who a person may be, and where. What each may open is in `access.py`."""

from enum import StrEnum

from foyer_protocol.errors import ConfigError


class Role(StrEnum):
    """What somebody is in the network's portal. A node knows nothing of it."""

    VIEWER = "viewer"  # reads figures
    STEWARD = "steward"  # decides for an institution, and sees who reads there
    ANALYST = "analyst"  # plans rounds
    ADMINISTRATOR = "administrator"  # looks after members and people
    AUDITOR = "auditor"  # reads everything, changes nothing


EVERYONE = frozenset(Role)
OF_INSTITUTIONS = frozenset({Role.VIEWER, Role.STEWARD})
OF_THE_NETWORK = EVERYONE - {Role.STEWARD}
OVERSEERS = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})
"""Who may also read what is kept of one institution's people."""


def check_place(role: Role, institution: str) -> None:
    """Refuse a role where it does not belong; an empty `institution` is the network.

    Raises:
        ConfigError: a steward of nowhere, or an institution's analyst.
    """
    if institution and role not in OF_INSTITUTIONS:
        raise ConfigError(
            f"{role} is a role of the network, and {institution} was named; nobody was invited",
            hint="Leave --institution away.",
        )
    if not institution and role not in OF_THE_NETWORK:
        raise ConfigError(
            f"a {role} belongs to one institution, and none was named; nobody was invited",
            hint="Name it with --institution.",
        )
