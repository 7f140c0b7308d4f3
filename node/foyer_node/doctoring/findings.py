"""A finding, what it is worth, and how findings are put for people and for machines."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum

from foyer_web.checks import Value, say_check
from foyer_web.words import words


class Mark(StrEnum):
    """How a finding is to be taken."""

    GOOD = "good"
    LOOK = "look"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at.

    `text` and `advice` are English. `code` is stable, and with `values` says the same in
    another language: one of `foyer_web.check_texts`, or that of an error.
    """

    name: str
    mark: Mark
    text: str
    advice: str = ""
    code: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """All of them."""

    all: tuple[Finding, ...]

    @property
    def exit_status(self) -> int:
        """0 well, 1 look at something, 2 rounds cannot work."""
        marks = {finding.mark for finding in self.all}
        return 2 if Mark.BROKEN in marks else int(Mark.LOOK in marks)

    def as_dict(self) -> dict[str, object]:
        """For machines."""
        return {"status": self.exit_status, "findings": [describe(one) for one in self.all]}

    def as_text(self) -> str:
        """For people."""
        lines = []
        for finding in self.all:
            lines.append(f"{finding.mark:6s}  {finding.name}: {finding.text}")
            if finding.advice:
                lines.append(f"        {finding.advice}")
        return "\n".join(lines)


def finding(name: str, mark: Mark, code: str, **values: Value) -> Finding:
    """A finding by its code; what it says comes from `foyer_web.check_texts`."""
    text, advice = say_check(code, values, words("en"))
    return Finding(name=name, mark=mark, text=text, advice=advice, code=code, values=values)


def describe(found: Finding) -> dict[str, object]:
    """One finding for machines; days as ISO 8601."""
    values = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in found.values.items()
    }
    return asdict(found) | {"values": values}
