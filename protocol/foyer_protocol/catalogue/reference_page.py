"""The catalogue as a page: every number that can ever be asked of an institution.

`protocol/docs/catalogue.md` is this text, and a test compares the two. To write it anew:
`python -c "from foyer_protocol.catalogue.reference_page import render; print(render(), end='')"`.
"""

from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.catalogue.fingerprint import catalogue_fingerprint
from foyer_protocol.catalogue.layout import lay_out
from foyer_protocol.catalogue.measures import (
    Distribution,
    LeadTimes,
    Leaf,
    Median,
    Need,
    Ratio,
    Residence,
    Spend,
    Tickets,
    Total,
    Visitors,
    Window,
)
from foyer_protocol.catalogue.schema import HISTORY_MONTHS, LEAST_HISTORY_MONTHS
from foyer_protocol.catalogue.statistic import PrivacyUnit, Statistic

PREFACE = f"""# The catalogue

<!-- Generated from foyer_protocol.catalogue; a test compares. Edit entries.py instead. -->

Every number that can be asked of an institution. A plan names these by key and pins the
fingerprint below; a node whose own catalogue has another fingerprint takes no part.

Fingerprint: `{{fingerprint}}`

All are computed from admission lines that count: sold, not refunded, not staff, not a
hire. A line belongs to the day of its *order*, in UTC. The unit of privacy is one visitor
with all their lines, or one anonymous order. An institution contributes to a statistic if
its imports have the columns that are needed and cover months of the period, and to one that
looks back only if they start {LEAST_HISTORY_MONTHS} months before the period, and before
the previous period if that is longer; "before" means the {HISTORY_MONTHS} months before.
"""

UNITS = {
    PrivacyUnit.VISITOR: "one visitor with all their lines",
    PrivacyUnit.VISITOR_OR_ORDER: "one visitor with all their lines, or one anonymous order",
}
NEEDS = {
    Need.VISITOR_KEY: "an e-mail address or customer number",
    Need.EVENT_TIME: "the event's time",
    Need.POSTCODE: "the postcode",
    Need.CHANNEL: "the sales channel",
}
WINDOWS = {
    Window.PERIOD: "the period",
    Window.PREVIOUS: "the period of equal length before it",
    Window.HISTORY: f"the {HISTORY_MONTHS} months before it",
}


def render() -> str:
    """Return the page as Markdown, ending with one newline."""
    entries = tuple(CATALOGUE.values())
    parts = [PREFACE.format(fingerprint=catalogue_fingerprint()), _overview(entries)]
    parts += [_section(entry) for entry in entries]
    parts.append(_blocks(entries))
    return "\n".join(parts)


def _overview(entries: tuple[Statistic, ...]) -> str:
    rows = ["| Key | Title | Question | In |", "|---|---|---|---|"]
    rows += [f"| `{e.key}` | {e.title} | {e.question} | {e.unit} |" for e in entries]
    return "\n".join(rows) + "\n"


def _months(count: int) -> str:
    return "a month" if count == 1 else f"{count} months"


def _section(entry: Statistic) -> str:
    lines = [f"## {entry.title}", "", f"`{entry.key}`. {entry.question}", ""]
    lines.append(f"- Number: {_number(entry)}.")
    lines.append(f"- Hides: {UNITS[entry.privacy_unit]}.")
    lines.append(
        f"- Published with at least {entry.least_others} other contributors, none above "
        f"{entry.dominance_cap} % of {describe(entry.weight)}."
    )
    least = f" of {_months(entry.least_months)} or more" if entry.least_months else ""
    lines.append(f"- Asked for {_months(entry.lag_months)} after the end of a period{least}.")
    if entry.needs:
        lines.append(
            f"- Needs {' and '.join(NEEDS[need] for need in Need if need in entry.needs)}."
        )
    if entry.needs_history:
        lines.append(f"- Needs {LEAST_HISTORY_MONTHS} months of history.")
    if entry.source:
        lines.append(f"- Source: {entry.source}.")
    lines += ["", "| Leaf | Slots | Squared sensitivity |", "|---|--:|--:|"]
    lines += [f"| {describe(e)} | {e.width} | {e.squared_sensitivity} |" for e in entry.leaves]
    return "\n".join(lines) + "\n"


def _number(entry: Statistic) -> str:
    match entry.measure:
        case Total():
            return "the sum"
        case Ratio(scale_numerator=1, scale_denominator=1):
            return "the first leaf divided by the second"
        case Ratio(scale_numerator=up, scale_denominator=down):
            return f"{up}/{down} of the first leaf divided by the second"
        case Distribution():
            return "one count per cell"
        case Median():
            return "the median of the grouped counts"


def describe(leaf: Leaf) -> str:
    """Say in words what one unit contributes to `leaf`."""
    match leaf:
        case Tickets():
            kinds = {"sold online": leaf.online, "of known visitors": leaf.identified}
            kinds["with a price above 0"] = leaf.paid
            filters = "".join(f" {words}" for words, asked in kinds.items() if asked)
            return f"tickets{filters}, at most {leaf.cap} of a unit"
        case Spend():
            return f"money paid, in steps of {leaf.step_minor} cents, at most {leaf.cap} of a unit"
        case Visitors():
            booked = " and in ".join(WINDOWS[window] for window in leaf.booked)
            absent = "".join(f", not in {WINDOWS[window]}" for window in leaf.not_booked)
            return f"visitors who booked in {booked}{absent}"
        case Residence():
            return f"visitors who booked in the period, by {leaf.width} territories"
        case LeadTimes():
            return (
                f"units by days from order to event, {leaf.leaves} leaves to day "
                f"{leaf.edges[-1]}, in {leaf.levels} levels"
            )


def _blocks(entries: tuple[Statistic, ...]) -> str:
    rows = [
        "## One plan with all of them",
        "",
        "Leaves of one family share a block of slots and a noise scale.",
        "",
        "| Family | Leaves | Slots | Squared sensitivity |",
        "|---|--:|--:|--:|",
    ]
    rows += [
        f"| {b.family} | {len(b.leaves)} | {b.width} | {b.squared_sensitivity} |"
        for b in lay_out(entries).blocks
    ]
    return "\n".join(rows) + "\n"
