"""The generated parts of the auditor's documents, and `python -m tests.support.doc_parts`.

A part stands between `<!-- generated: NAME -->` and `<!-- end: NAME -->`. A test compares
every part with what is rendered here; the command writes them. It also writes
`protocol/docs/catalogue.md`, which is generated whole.
"""

import enum
import json
import re
import types
import typing
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from foyer_protocol.catalogue import reference_page
from foyer_protocol.ids import HEX32, HEX64, KEY, SLUG
from foyer_protocol.messages.closing import AbortAsk, AbortPromise
from foyer_protocol.messages.codec import DecimalText, FractionText
from foyer_protocol.messages.envelope import EnvelopeHeader
from foyer_protocol.messages.escrow import EscrowAck
from foyer_protocol.messages.history import HistoryEntry, HistoryHead, Witness
from foyer_protocol.messages.plan import CohortTotals, FamilyScale, Job, Plan
from foyer_protocol.messages.release import (
    Cell,
    CohortFigures,
    Figure,
    GroupCheck,
    Quartile,
    Release,
    Spread,
)
from foyer_protocol.messages.report import Refusal, ReportHeader
from foyer_protocol.messages.roster import HexText, Member, Roster
from foyer_protocol.messages.roster_draft import RosterDraft, RosterSignature
from foyer_protocol.messages.unmask import Ack
from foyer_protocol.rounds.phases import TRANSITIONS, is_final
from foyer_protocol.rounds.profiles import PROFILES, collusion_failure, silence_failure

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "protocol" / "docs"
MESSAGES: tuple[type[BaseModel], ...] = (
    EnvelopeHeader,
    Plan,
    FamilyScale,
    Job,
    CohortTotals,
    ReportHeader,
    Refusal,
    Ack,
    EscrowAck,
    AbortAsk,
    AbortPromise,
    Member,
    Roster,
    RosterDraft,
    RosterSignature,
    HistoryEntry,
    HistoryHead,
    Witness,
    Release,
    FamilyScale,
    Figure,
    Cell,
    GroupCheck,
    Spread,
    Quartile,
    CohortFigures,
)
NAMES = {str: "text", int: "integer", date: "date, `YYYY-MM-DD`"}


def _pattern_of(annotated: object) -> str:
    return str(typing.get_args(annotated)[1].pattern)


PATTERNS = {
    SLUG: "slug",
    HEX32: "128 bits in hexadecimal",
    HEX64: "256 bits in hexadecimal",
    KEY: "statistic",
    _pattern_of(HexText): "bytes in hexadecimal",
    _pattern_of(FractionText): "fraction",
    _pattern_of(DecimalText): "decimal",
}


def phases() -> str:
    """The transition table of `rounds.phases`, one row per phase."""
    rows = ["| Phase | Event | Next phase |", "|---|---|---|"]
    for phase, events in TRANSITIONS.items():
        for event, following in events.items():
            rows.append(f"| {phase} | {event} | {following} |")
        final = is_final(phase)
        rows.append(f"| {phase} | none | final |" if final else f"| {phase} | aborted | aborted |")
    return "\n".join(rows)


def profiles() -> str:
    """The named committees, and what can go wrong with them."""
    rows = [
        "| Profile | Members | Helpers m | Silent f | Corrupt c | Threshold T"
        " | Round lost at 1 % / 5 % away | Unsafe if drawn by lot, 20 % of 500 corrupt |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for one in PROFILES:
        lost = [silence_failure(one, Fraction(share, 100)) for share in (1, 5)]
        unsafe = collusion_failure(one, 500, 100)
        rows.append(
            f"| {one.name} | from {one.least_members} | {one.helpers} | {one.silent} |"
            f" {one.corrupt} | {one.threshold} |"
            f" {float(lost[0]):.1e} / {float(lost[1]):.1e} | {float(unsafe):.1e} |"
        )
    return "\n".join(rows)


def fields() -> str:
    """A table of fields for every JSON message."""
    return "\n\n".join(_table(kind) for kind in dict.fromkeys(MESSAGES))


def _table(kind: type[BaseModel]) -> str:
    summary = (kind.__doc__ or "").strip().split("\n\n")[0].replace("\n", " ")
    rows = [f"### {kind.__name__}", "", re.sub(r"\s+", " ", summary), ""]
    rows += ["| Field | Form |", "|---|---|"]
    rows += [f"| `{name}` | {_form(info)} |" for name, info in sorted(kind.model_fields.items())]
    return "\n".join(rows)


def _form(info: FieldInfo) -> str:
    words = [_say(info.annotation), *map(_limit, info.metadata)]
    if words[0] == "text" and words[1:]:
        del words[0]  # the pattern's name says so
    return ", ".join(word for word in words if word).replace("|", "\\|")


def _limit(limit: object) -> str:
    """A constraint in words."""
    if (pattern := getattr(limit, "pattern", None)) is not None:
        return PATTERNS.get(pattern, f"text matching `{pattern}`")
    if (least := getattr(limit, "ge", None)) is not None:
        return f"at least {least}"
    if (most := getattr(limit, "le", None)) is not None:
        return f"at most {most}"
    if (fewest := getattr(limit, "min_length", None)) is not None:
        return f"at least {fewest} of them"
    return ""


def _say(annotation: object) -> str:
    """A type in words."""
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return ", ".join(filter(None, map(_limit, inner[1:]))) or _say(inner[0])
    if origin in (types.UnionType, typing.Union):
        return " or ".join(_say(part) for part in inner)
    if origin is tuple:
        return f"list of {_say(inner[0])}"
    if origin is typing.Literal:
        return " or ".join(f"`{json.dumps(value)}`" for value in inner)
    if annotation is types.NoneType:
        return "null"
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return "one of " + ", ".join(f"`{json.dumps(member.value)}`" for member in annotation)
    if isinstance(annotation, type):
        return NAMES.get(annotation, annotation.__name__)
    raise TypeError(f"no words for {annotation!r}")


def forms() -> str:
    """The named forms of text, with their patterns."""
    rows = ["| Form | Pattern |", "|---|---|"]
    for pattern, name in PATTERNS.items():
        escaped = pattern.replace("|", "\\|")
        rows.append(f"| {name} | `{escaped}` |")
    return "\n".join(rows)


def coverage() -> str:
    """The last measurement of `make bench NAME=coverage`."""
    path = ROOT / "benchmarks" / "results" / "coverage.json"
    found = json.loads(path.read_text(encoding="utf-8"))
    rows = ["| Statistic | Coverage, % | Target, % | Met |", "|---|--:|:-:|:-:|"]
    for row in found["rows"]:
        met = "yes" if row["met"] else "**no**"
        rows.append(f"| {row['case']} | {row['value']} | {row['target']} | {met} |")
    return "\n".join([*rows, "", f"Measured at commit `{found['commit']}` on {found['machine']}."])


def poisoning() -> str:
    """The last measurement of `make bench NAME=poisoning`."""
    path = ROOT / "benchmarks" / "results" / "poisoning.json"
    found = json.loads(path.read_text(encoding="utf-8"))
    rows = ["| Cohort | Error | Flagged, % |", "|---|---|--:|"]
    for row in found["rows"]:
        cohort, _, errors = row["case"].partition("; ")
        rows.append(f"| {cohort} | {errors} | {row['value']} |")
    return "\n".join([*rows, "", f"Measured at commit `{found['commit']}`; seeds are fixed."])


PARTS: dict[Path, dict[str, Callable[[], str]]] = {
    ROOT / "protocol" / "README.md": {"phases": phases, "profiles": profiles},
    DOCS / "wire-format.md": {"forms": forms, "fields": fields},
    DOCS / "coverage.md": {"coverage": coverage},
    DOCS / "poisoning.md": {"poisoning": poisoning},
}


def with_parts(path: Path) -> str:
    """The text of a document with its generated parts rendered anew."""
    text = path.read_text(encoding="utf-8")
    for name, render in PARTS[path].items():
        begin, end = f"<!-- generated: {name} -->", f"<!-- end: {name} -->"
        before, _, rest = text.partition(begin)
        _, _, after = rest.partition(end)
        text = f"{before}{begin}\n{render()}\n{end}{after}"
    return text


def write() -> None:
    """Write every generated part, and the catalogue."""
    for path in PARTS:
        path.write_text(with_parts(path), encoding="utf-8")
    (DOCS / "catalogue.md").write_text(reference_page.render(), encoding="utf-8")


if __name__ == "__main__":
    write()
