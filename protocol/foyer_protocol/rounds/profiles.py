"""How many help, how many of them may fall silent or collude: named by size of consortium.

A profile is the only place where m, f, c and T are chosen; all hold c + f < T <= m - f
(`protocol.md` 1.2, from which THREE, FIVE, TEN and SIXTEEN are taken; EIGHT is the same
rule, m = n and f = 2, for eight). What a choice risks is counted exactly, as fractions.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import comb

from foyer_protocol.errors import ConfigError, LocalProtocolError


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A committee of `helpers` (m), of whom `silent` (f) may be away and `corrupt` (c) collude.

    `threshold` (T) escrow shares give a silent helper's seed back; where f = 0 none are dealt.
    """

    name: str
    least_members: int
    helpers: int
    silent: int
    corrupt: int
    threshold: int

    def __post_init__(self) -> None:
        """Refuse numbers for which the argument of `protocol/README.md` does not hold."""
        enough = self.threshold <= self.helpers - self.silent
        if not enough or self.corrupt + self.silent >= self.threshold:
            raise LocalProtocolError(f"profile {self.name!r} breaks c + f < T <= m - f")


THREE = Profile(name="three", least_members=3, helpers=3, silent=0, corrupt=2, threshold=3)
FIVE = Profile(name="five", least_members=5, helpers=5, silent=1, corrupt=2, threshold=4)
EIGHT = Profile(name="eight", least_members=8, helpers=8, silent=2, corrupt=3, threshold=6)
TEN = Profile(name="ten", least_members=10, helpers=10, silent=2, corrupt=5, threshold=8)
SIXTEEN = Profile(name="sixteen", least_members=16, helpers=16, silent=3, corrupt=9, threshold=13)
PROFILES = (THREE, FIVE, EIGHT, TEN, SIXTEEN)
"""In order of size."""


def profile_for(members: int) -> Profile:
    """The largest profile that a consortium of `members` can fill.

    >>> profile_for(6).name
    'five'

    Raises:
        LocalProtocolError: fewer than three; then all help and none may be silent.
    """
    fitting = [profile for profile in PROFILES if profile.least_members <= members]
    if not fitting:
        raise LocalProtocolError(f"no profile is for {members} members; the smallest needs 3")
    return fitting[-1]


def profile_named(name: str) -> Profile:
    """The profile called `name`.

    Raises:
        ConfigError: there is none of that name.
    """
    for profile in PROFILES:
        if profile.name == name:
            return profile
    raise ConfigError(
        f"there is no profile {name!r}; nothing was chosen",
        hint=f"Profiles are {', '.join(profile.name for profile in PROFILES)}.",
    )


def profile_of(helpers: int, silent: int) -> Profile:
    """A committee of `helpers`, of whom `silent` may be away, that bears the most collusion.

    T = m - f is the highest threshold there can be, and c = T - f - 1 what it leaves.

    >>> profile_of(6, 2)
    Profile(name='named', least_members=6, helpers=6, silent=2, corrupt=1, threshold=4)

    Raises:
        ConfigError: so many silent ones leave no helper that may collude.
    """
    threshold = helpers - silent
    corrupt = threshold - silent - 1
    if silent < 0 or (silent > 0 and corrupt < 1):
        raise ConfigError(
            f"{helpers} helpers of whom {silent} may be silent could not bear one that colludes;"
            " nothing was chosen",
            hint=f"Name {2 * silent + 2} helpers or more, or let fewer be silent.",
        )
    return Profile(
        name="named",
        least_members=helpers,
        helpers=helpers,
        silent=silent,
        corrupt=corrupt,
        threshold=threshold,
    )


def silence_failure(profile: Profile, offline: Fraction) -> Fraction:
    """The chance that more than f helpers are away, each on its own with chance `offline`.

    >>> silence_failure(THREE, Fraction(1, 10))
    Fraction(271, 1000)

    Raises:
        LocalProtocolError: `offline` is no probability.
    """
    if not 0 <= offline <= 1:
        raise LocalProtocolError(f"{offline} is no probability")
    m = profile.helpers
    borne = (
        comb(m, away) * offline**away * (1 - offline) ** (m - away)
        for away in range(profile.silent + 1)
    )
    return 1 - sum(borne, Fraction(0))


def collusion_failure(profile: Profile, members: int, corrupt_members: int) -> Fraction:
    """The chance that a committee *drawn by lot* from `members` holds more than c corrupt.

    A committee that governance names is not drawn: there, this number says nothing.

    >>> collusion_failure(THREE, 4, 3)
    Fraction(1, 4)

    Raises:
        LocalProtocolError: the profile does not fit, or no 0 <= corrupt_members <= members.
    """
    m = profile.helpers
    if not 0 <= corrupt_members <= members or members < m:
        raise LocalProtocolError(
            f"{corrupt_members} corrupt of {members} members, {m} of whom help: impossible"
        )
    honest = members - corrupt_members
    losing = (
        comb(corrupt_members, drawn) * comb(honest, m - drawn)
        for drawn in range(profile.corrupt + 1, m + 1)
    )
    return Fraction(sum(losing), comb(members, m))
