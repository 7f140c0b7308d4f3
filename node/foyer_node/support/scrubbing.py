"""What may go into a support bundle of the words and numbers of a node.

Everything is let through by a list of what is known and harmless, never held back by a list
of what is not: a word that nobody foresaw is left out.
"""

import builtins
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from importlib.resources.abc import Traversable

from foyer_node.doctoring.findings import Finding
from foyer_protocol.errors import every_error

MOST_LINES = 200
HARMLESS = frozenset(
    {"free", "limit", "need", "seconds", "percent", "made", "due", "length", "agreed", "version",
     "catalogue", "issuer", "variable", "spent", "cap", "back"}
)  # fmt: skip
"""Values of findings that say nothing of a visitor, an export or a place."""

PLACES = frozenset({"address", "addresses", "host", "servers", "proxy"})
"""Values that say where the coordinator and the house's own machines are."""

ON_THE_WAY = frozenset({"control", "fleet", "dns", "proxy", "listening"})
"""Findings whose places come from the system, or were checked to be host and port."""

OF_THE_NETWORK = frozenset({"stranger", "unreachable", "proxy-refuses", "cannot-look"})
"""Findings whose reason comes from the system or the network, and from no file of the house."""

_TIME = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d")
_PLACE = re.compile(r"\b(?P<kind>[A-Z]\w*) at (?P<file>\w+\.py):(?P<line>\d{1,5})\b")
_CODE = re.compile(r"\[([a-z-]+)\]")
_LOGGER = re.compile(r"\bfoyer[\w.]*")
_PACKAGES = ("foyer_node", "foyer_protocol", "foyer_web")
_LOGGERS = frozenset({"foyer.node", "foyer.node.web", "foyer.node.pulls"})


def band(count: int) -> str:
    """A number by its order of magnitude, and nothing finer; small ones are not told apart.

    >>> band(0), band(7), band(4321)
    ('none', '1 to 99', '1000 to 9999')
    """
    if count <= 0:
        return "none"
    if count < 100:
        return "1 to 99"
    digits = len(str(count))
    return f"{10 ** (digits - 1)} to {10**digits - 1}"


def scrub_finding(found: Finding, *, with_places: bool) -> dict[str, object]:
    """A finding without its sentence, which may name a file, a setting or a day of sales."""
    kept = HARMLESS | (PLACES if with_places and found.name in ON_THE_WAY else frozenset())
    values: dict[str, object] = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in found.values.items()
        if name in kept
    }
    until = found.values.get("until")
    if isinstance(until, date):  # the day of the last sale could be one visitor's
        values["until"] = until.strftime("%Y-%m")
    if found.code in OF_THE_NETWORK and (reason := found.values.get("reason")):
        values["reason"] = str(reason)
    if found.name == "keys" and (names := found.values.get("files")):
        values["files"] = str(names)  # names of the node's own files, which are fixed
    return {"name": found.name, "mark": found.mark.value, "code": found.code, "values": values}


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownWords:
    """What a log line may keep, from the installed program itself."""

    loggers: frozenset[str]
    files: frozenset[str]
    errors: frozenset[str]
    refusals: frozenset[str]


def known_words() -> KnownWords:
    """Modules, errors and codes of this program."""
    modules = [
        (package, path) for package in _PACKAGES for path in _modules(files(package), package)
    ]
    raised = {kind.__name__ for kind in every_error()}
    built_in = {
        name for name, kind in vars(builtins).items()
        if isinstance(kind, type) and issubclass(kind, BaseException)
    }  # fmt: skip
    return KnownWords(
        loggers=_LOGGERS | {module for _, module in modules},
        files=frozenset(f"{module.rpartition('.')[2]}.py" for _, module in modules),
        errors=frozenset(raised | built_in),
        refusals=frozenset(kind.code for kind in every_error()),
    )


def _modules(folder: Traversable, package: str) -> Iterable[str]:
    for entry in folder.iterdir():
        if entry.is_dir() and entry.name.isidentifier():
            yield from _modules(entry, f"{package}.{entry.name}")
        elif entry.name.endswith(".py"):
            yield f"{package}.{entry.name.removesuffix('.py')}"


def scrub_log(lines: Iterable[str], known: KnownWords) -> list[str]:
    """The last lines, of each the time, who said it, codes, and errors by name and place.

    >>> scrub_log(["2026-11-24 19:00:00,1 foyer.node jane@example.org: ValueError at app.py:3"],
    ...     known_words())
    ['2026-11-24 19:00:00 foyer.node ValueError at app.py:3']
    """
    return [kept for line in list(lines)[-MOST_LINES:] if (kept := _scrub_line(line, known))]


def _scrub_line(line: str, known: KnownWords) -> str:
    loggers = [one for one in _LOGGER.findall(line) if one in known.loggers]
    codes = [f"[{one}]" for one in _CODE.findall(line) if one in known.refusals]
    places = [
        f"{found['kind'] if found['kind'] in known.errors else 'error'}"
        f" at {found['file']}:{found['line']}"
        for found in _PLACE.finditer(line)
        if found["file"] in known.files
    ]
    if not (loggers or codes or places):
        return ""
    return " ".join([*_TIME.findall(line)[:1], *loggers[:1], *codes, *places])


def spread(counts: Mapping[str, int]) -> dict[str, str]:
    """Each number as its band."""
    return {name: band(count) for name, count in counts.items()}
