"""Every setting of a node, with the reason for its default. Read once, at the start."""

import difflib
import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from foyer_protocol.errors import ConfigError
from foyer_protocol.ids import Key, Slug
from foyer_protocol.messages.codec import FractionText

CONFIG_NAME = "node.toml"
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]


_PLACE = r"^([A-Za-z0-9][A-Za-z0-9._-]*)?$"  # of an address, and never up a level


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Institution(_Section):
    """Public facts about the institution."""

    slug: Slug
    name: str = Field(min_length=1, max_length=120)
    country: Country
    type: str = Field(default="OTHER", pattern=r"^[A-Z_]+$")
    size_band: str = Field(default="M", pattern=r"^(XS|S|M|L|XL)$")
    timezone: str = "Europe/Brussels"
    currency: Currency = "EUR"


class Policy(_Section):
    """What this institution takes part in without asking a person each time.

    `ask_first`: false, rounds within this policy are answered by themselves, and a steward
    can decline any of them beforehand. True: only those that a steward approved.
    `statistics`: empty means every statistic of the installed catalogue, since a node
    can compute nothing else and the noise is the same for all.
    `minimum_cohort`: 4, the fewest institutions in a sum; the roster may ask for more.
    `period_rho_cap`: 1/2 of zCDP a budget period, about epsilon 5.7 at delta 1e-6; the
    lower of this and the roster's cap holds.
    `keep_openings_days`: 0, nothing is kept. Above it, what opens each report of figures
    (its seeds, noise and exact figures, sealed under the vault key) is kept so many days
    for this institution's own auditor. That is its price: whoever gets at the key and the
    folder in that time can take the masks off, and figures of visitors who were erased
    since stay in it until then.
    """

    paused: bool = False
    ask_first: bool = False
    statistics: tuple[Key, ...] = ()
    minimum_cohort: int = Field(default=4, ge=2)
    period_rho_cap: FractionText = "1/2"
    keep_openings_days: int = Field(default=0, ge=0, le=3650)


class Web(_Section):
    """The node's own pages. Loopback by default: nothing is open to the network."""

    host: str = "127.0.0.1"
    port: int = Field(default=8765, ge=0, le=65535)


class Link(_Section):
    """How the node speaks to the coordinator. It only ever dials out.

    `poll_seconds`: 5, since a nudge on the control stream makes it poll at once.
    """

    poll_seconds: float = Field(default=5.0, gt=0, le=3600)


class Venue(_Section):
    """A venue that does not lie where the house does, by its name in the exports."""

    name: str = Field(min_length=1, max_length=200)
    postcode: str = Field(max_length=12)
    country: Country | None = None  # None: the institution's


class Data(_Section):
    """What becomes of visitors' data in this building.

    `postcode` and `venue`: where distances are measured to; without them there are none.
    `group_size`: 10 tickets, as the benchmarks of the sector have it (R13).
    `staff_domains`, `reseller_domains`, `school_domains`: mail domains that are no single
    visitor's (R3, R25).
    `identify_by_card`: whether the number of a museum or member card may say that two visits are
    one visitor's; false where the card's owner or the law does not allow it (R12).
    `show_percent`: 70, the share of a festival pass's days that count where nobody scans
    (R15); figures made with it are marked as estimates.
    `mature_lag_days`: 0, how long after an event its figures still change (R21).
    `consent_needed`: false, statistics stand on the law's own ground for statistics, and
    visitors who object are left out. True where the house may count only visitors who
    consented (decision 0020).
    `retention_months`: 0, nothing is deleted by age. Statistics that look back want 36.
    """

    postcode: str = Field(default="", max_length=12)
    venue: tuple[Venue, ...] = ()
    group_size: int = Field(default=10, ge=2, le=1000)
    staff_domains: tuple[str, ...] = ()
    reseller_domains: tuple[str, ...] = ()
    school_domains: tuple[str, ...] = ()
    identify_by_card: bool = True
    show_percent: int = Field(default=70, ge=1, le=100)
    mature_lag_days: int = Field(default=0, ge=0, le=400)
    consent_needed: bool = False
    retention_months: int = Field(default=0, ge=0, le=600)


class PulledSource(_Section):
    """Where sales come from by themselves: a folder of exports, or a pretix shop.

    `folder`: where a till or a script puts its exports, beside `node.toml` if not absolute.
    `url`, `organizer`, `event`: a shop whose changed orders are pulled. Its token is in a file
    or an environment variable, and never here.
    `connector`: of the exports; empty, the one that recognises a file best.
    `source`: a name of its own for sales that do not replace those of the same system.
    `every_minutes`: 60, since figures are by the day; a failure doubles it, up to a day.
    """

    name: Slug
    folder: str = ""
    url: str = Field(
        default="", pattern=r"^(https://[^\s]+|http://(127\.0\.0\.1|localhost)(:\d+)?)?$"
    )
    organizer: str = Field(default="", pattern=_PLACE)
    event: str = Field(default="", pattern=_PLACE)
    token_file: str = ""
    token_env: str = Field(default="", pattern=r"^[A-Z0-9_]*$")
    connector: str = ""
    source: str = ""
    every_minutes: int = Field(default=60, ge=1, le=10_080)

    @model_validator(mode="after")
    def _is_one_thing(self) -> "PulledSource":
        if bool(self.folder) == bool(self.url):
            raise ValueError("a source has either a folder or a url")
        if self.url and not (self.organizer and self.event):
            raise ValueError("a shop needs its organizer and its event")
        if self.url and bool(self.token_file) == bool(self.token_env):
            raise ValueError("a shop needs either a token_file or a token_env")
        if self.url and self.connector not in {"", "pretix"}:
            raise ValueError("only pretix shops can be pulled")
        return self


class NodeConfig(_Section):
    """One node. `folder` is where `node.toml` lies; everything else lives beside it."""

    institution: Institution
    policy: Policy = Policy()
    data: Data = Data()
    web: Web = Web()
    link: Link = Link()
    sources: tuple[PulledSource, ...] = ()
    folder: Path = Path()

    @model_validator(mode="after")
    def _names_each_source_once(self) -> "NodeConfig":
        names = [source.name for source in self.sources]
        if len(set(names)) < len(names):
            raise ValueError("two sources have one name")
        return self

    def path(self, *parts: str) -> Path:
        """A place in the node's data folder."""
        return self.folder.joinpath(*parts)


def read_config(folder: Path) -> NodeConfig:
    """Read `node.toml` in `folder`.

    Raises:
        ConfigError: there is none, it is not TOML, or a setting is unknown or impossible.
    """
    path = folder / CONFIG_NAME
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(
            f"there is no {CONFIG_NAME} in {folder}",
            hint="Make one with `foyer-node init`, or set FOYER_NODE_DIR.",
        ) from None
    except (ValueError, RecursionError) as failure:  # TOML, UTF-8, and numbers without end
        raise ConfigError(f"{CONFIG_NAME} is not TOML: {failure}") from None
    try:
        return NodeConfig.model_validate({**settings, "folder": folder})
    except ValidationError as failure:
        raise ConfigError(_explain(failure)) from None


def _explain(failure: ValidationError) -> str:
    error = failure.errors(include_input=False, include_url=False)[0]
    place = ".".join(str(step) for step in error["loc"])
    if error["type"] != "extra_forbidden":
        return f"{CONFIG_NAME}: {place}: {error['msg']}"
    known = {
        name
        for section in (NodeConfig, Institution, Policy, Data, Venue, Web, Link, PulledSource)
        for name in section.model_fields
    }
    near = difflib.get_close_matches(str(error["loc"][-1]), sorted(known), n=1)
    return f"{CONFIG_NAME}: {place} is no setting" + (f"; {near[0]} is" if near else "")


def render_config(institution: Institution) -> str:
    """A commented `node.toml` for a new node."""
    facts = "\n".join(
        f"{name} = {_quoted(value)}" for name, value in institution.model_dump().items()
    )
    return (
        f"[institution]\n{facts}\n\n"
        "[policy]\n"
        "# paused = true                    # take part in nothing\n"
        "# ask_first = true                 # answer only rounds that a steward approved\n"
        '# statistics = ["volume.bookers"]  # empty: every statistic of the catalogue\n'
        "# minimum_cohort = 4\n"
        '# period_rho_cap = "1/2"           # zCDP a budget period\n'
        "# keep_openings_days = 0           # above 0, an auditor can open reports so long\n\n"
        "[data]\n"
        '# postcode = "2100"                # of the house, to measure distances to\n'
        "# retention_months = 0             # above 0, older sales are deleted\n"
        "# consent_needed = false           # true: count only visitors who consented\n\n"
        "[web]\n"
        '# host = "127.0.0.1"\n'
        "# port = 8765\n"
    )


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
