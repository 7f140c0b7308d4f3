"""Where each page lives, without its language: `/da` + `/rounds/2026-q3`.

Documents for machines have no language and no prefix: `/rounds/2026-q3.json`.
"""

from urllib.parse import quote, urlencode

OVERVIEW = "/"
ROUNDS = "/rounds"
EXPLORE = "/explore"
METHODS = "/methods"
OVERVIEW_DOCUMENT = "/overview"
SIGN_IN = "/sign-in"
SIGN_OUT = "/sign-out"
INVITATION = "/invitation"
ACCOUNT = "/account"
PEOPLE = "/people"
AUDIT = "/audit"
MONDAY = "/monday"
LIFECYCLE = "/lifecycle"
MATURITY = "/maturity"
STATUS = "/status"
OUTBOX = "/outbox"
OUTBOX_ARCHIVE = "/outbox/archive.zip"
SHARING = "/sharing"
STATIC = "/static"
IMPORT = "/import"
IMPORT_MAPPINGS = "/import/mappings"


def statistic_path(key: str, round_id: str = "", view: str = "") -> str:
    """The page of a statistic, in its latest release or in that of `round_id`.

    `view` is one of its tabs; empty is the first.

    >>> statistic_path("volume.bookers", "q1", "time")
    '/statistics/volume.bookers?round=q1&view=time'
    """
    return f"/statistics/{quote(key)}" + _of(round_id, view)


def statistic_file_path(key: str, ending: str, round_id: str = "", view: str = "") -> str:
    """The same as a file: `json` and `csv`, and `svg` behind a language."""
    return f"/statistics/{quote(key)}.{ending}" + _of(round_id, view)


def explore_path(round_id: str = "") -> str:
    """All statistics at once, up to a round."""
    return EXPLORE + _of(round_id)


def statistic_json_path(key: str, round_id: str = "") -> str:
    """The same as a document."""
    return f"/statistics/{quote(key)}.json" + _of(round_id)


def round_path(round_id: str) -> str:
    """The page of a round."""
    return f"{ROUNDS}/{quote(round_id)}"


def release_bytes_path(round_id: str) -> str:
    """The very bytes that a release's fingerprint is of."""
    return f"/api/v1/releases/{quote(round_id)}"


def people_path(institution: str) -> str:
    """The accounts of one institution's people."""
    return f"/institutions/{quote(institution)}{PEOPLE}"


def sent_path(number: int) -> str:
    """The page of one message that left the building."""
    return f"{OUTBOX}/{number}"


def outbox_path(number: int, round_id: str = "") -> str:
    """One page of the list of what left, from 1, of one round or of all."""
    asked = {"page": str(number)} if number > 1 else {}
    if round_id:
        asked["round"] = round_id
    return f"{OUTBOX}?{urlencode(asked)}" if asked else OUTBOX


def import_path(draft: str, step: str) -> str:
    """A step of one import."""
    return f"{IMPORT}/{quote(draft)}/{step}"


def mapping_path(name: str) -> str:
    """A description of an export, as a file."""
    return f"{IMPORT_MAPPINGS}/{quote(name)}.toml"


def _of(round_id: str, view: str = "") -> str:
    asked = {name: value for name, value in (("round", round_id), ("view", view)) if value}
    return f"?{urlencode(asked)}" if asked else ""
