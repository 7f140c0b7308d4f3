"""What `make real` prints: decisions, what each house can compute, and the release beside truth."""

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from foyer_demo.real_figures import HouseFigures, Pooled
from foyer_demo.real_houses import Verdict
from foyer_demo.real_source import Source
from foyer_node.importing.report import WARNINGS
from foyer_node.insight.own_figures import Absence, OwnFigure
from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.catalogue.statistic import Unit

COLUMNS = {
    "volume.attendances": "tickets",
    "volume.bookers": "bookers",
    "loyalty.first_time_share": "first time",
    "loyalty.retention_1y": "came back",
    "money.average_ticket_price": "price",
    "booking.online_share": "online",
    "booking.lead_time": "lead days",
    "geography.residence": "regions",
    "maturity.capture_rate": "known",
}
"""Short headings of the table of houses, in the order of the catalogue."""

ABSENT = {Absence.SHORT_HISTORY: "short", Absence.NOTHING_TO_MEASURE: "-"}
WIDTH = 100


def describe_sources(sources: Iterable[Source]) -> str:
    """Which files are which houses, and every decision that made them so."""
    lines = []
    for source in sources:
        lines.append(f"{source.title}: {', '.join(house.slug for house in source.houses)}")
        for note in source.notes:
            lines += textwrap.wrap(note, WIDTH, initial_indent="  - ", subsequent_indent="    ")
    return "\n".join(lines)


def describe_verdicts(verdicts: Iterable[Verdict]) -> str:
    """What the importer said to the files as published."""
    return "\n".join(
        line
        for verdict in verdicts
        for line in textwrap.wrap(
            f"{verdict.file.name}: {verdict.words}",
            WIDTH,
            initial_indent="  - ",
            subsequent_indent="    ",
        )
    )


def describe_counts(counts: Sequence[str]) -> str:
    """The museums' counts and why they stay at home."""
    return "\n".join(
        (
            "museum counts (computed here, not shared: a reading of a counter is not an order, the",
            "bound of 40 tickets an order would cut it to nothing, and counters come later):",
            *(
                line
                for count in counts
                for line in textwrap.wrap(
                    count, WIDTH, initial_indent="  - ", subsequent_indent="    "
                )
            ),
        )
    )


def table_of_houses(houses: Sequence[HouseFigures]) -> str:
    """A row a house: what its own node computes, exact, and never sent."""
    lines = [
        f"  {'house':14s} {'rows':>8s} {'refused':>8s} "
        + " ".join(f"{name:>10s}" for name in COLUMNS.values())
    ]
    for house in houses:
        figures = {figure.key: figure for figure in house.figures}
        lines.append(
            f"  {house.slug:14s} {house.rows:8,d} {sum(house.rejected.values()):8,d} "
            + " ".join(f"{_own(figures[key]):>10s}" for key in COLUMNS)
        )
    lines.append("  short: history begins less than 24 months before the period; -: no such data")
    lines += _remarks(houses)
    return "\n".join(lines)


def _own(figure: OwnFigure) -> str:
    entry = CATALOGUE[figure.key]
    if figure.cells is not None:
        return str(sum(1 for count in figure.cells.values() if count))
    if figure.value is None:
        return ABSENT[figure.reason or Absence.NOTHING_TO_MEASURE]
    return _spoken(figure.value, entry.unit)


def _spoken(value: float, unit: Unit) -> str:
    """A number in its unit, to as many digits as a table needs."""
    match unit:
        case Unit.SHARE:
            return f"{100 * value:.2f} %"
        case Unit.TICKETS | Unit.VISITORS:
            return f"{value:,.0f}"
        case _:
            return f"{value:,.2f}"


def _remarks(houses: Sequence[HouseFigures]) -> list[str]:
    """What the imports warned of and refused, each with the houses it is about."""
    about: dict[str, list[str]] = {}
    for house in houses:
        for warning in house.warnings:
            about.setdefault(WARNINGS[warning], []).append(house.slug)
        for reason, count in house.rejected.items():
            about.setdefault(f"{count:,} rows refused ({reason}).", []).append(house.slug)
    return [f"  {words} ({', '.join(slugs)})" for words, slugs in about.items()]


def table_of_loss(records: Sequence[Mapping[str, object]], truth: Pooled, bounded: Pooled) -> str:
    """Beside each estimate the pooled truth without and with the bounds on a visitor."""
    shown = {str(one["key"]): one for one in records}
    lines = [
        f"  {'statistic':27s} {'estimate':>9s} {'95 % interval':>20s} {'pooled truth':>13s}"
        f" {'within bounds':>14s} {'clipping':>9s}"
    ]
    for key, entry in CATALOGUE.items():
        one = shown.get(key)
        if one is not None and "withheld" in one:
            lines.append(f"  {key:27s} withheld: {one['withheld']}")
        elif one is not None:
            estimate, low, high = (
                _spoken(_number(one[name]), entry.unit) for name in ("estimate", "low", "high")
            )
            exact, kept = truth.values[key], bounded.values[key]
            lines.append(
                f"  {key:27s} {estimate:>9s} {f'{low} to {high}':>20s}"
                f" {_spoken(float(exact), entry.unit):>13s}"
                f" {_spoken(float(kept), entry.unit):>14s} {_change(exact, kept):>9s}"
            )
    return "\n".join(lines)


def _change(exact: Fraction, kept: Fraction) -> str:
    return f"{float(100 * (kept - exact) / exact):+.1f} %" if exact else ""


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else float("nan")


def territories(records: Sequence[Mapping[str, object]]) -> str:
    """Residence, which has a line for each territory in which anybody lives."""
    lines = []
    for one in records:
        key, _, code = str(one["key"]).partition(":")
        if code:
            low, high = _number(one["low"]), _number(one["high"])
            lines.append(
                f"  {key}:{code:9s} {_number(one['estimate']):10,.1f}"
                f"  {low:,.1f} to {high:,.1f}  truth {_number(one['truth']):,.0f}"
            )
    return "\n".join(lines)
