"""The same figures as a table for a spreadsheet: the one writer of CSV, for every page.

UTF-8, a header line, commas, lines that end as RFC 4180 says. Numbers are as released,
unclamped and unrounded, with a point; where there is none, `status` says why in a word and
`code` in a letter. Words are in English, since the columns are for programs.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from foyer_protocol.messages.release import BANDS
from foyer_web.changes import Change
from foyer_web.cohorts import CohortView
from foyer_web.trends import Trend
from foyer_web.views import CODES, Band, CellView, FigureView, RoundView

MEDIA_TYPE = "text/csv; charset=utf-8; header=present"

Row = Mapping[str, object]

FIGURE_COLUMNS = (
    "statistic", "title", "unit", "currency", "group", "round", "period_starts", "period_ends",
    "released_on", "institutions", "status", "reason", "code", "estimate", "low", "high",
    "adjusted", "cohort",
)  # fmt: skip
ROUND_COLUMNS = (
    "round", "state", "period_starts", "period_ends", "released_on", "institutions", "rho",
    "epsilon", "delta", "plan", "roster", "release",
)  # fmt: skip
CHANGE_COLUMNS = (
    "statistic", "title", "unit", "currency", "round", "since_starts", "since_ends", "outcome",
    "difference", "low", "high",
)  # fmt: skip

_STARTERS = ("=", "+", "-", "@", "\t", "\r")


def write_csv(columns: tuple[str, ...], rows: Iterable[Row]) -> str:
    """The table as text. A missing or empty value is an empty field.

    Text that a spreadsheet would take for a formula gets an apostrophe in front; numbers do not.

    >>> write_csv(("name", "low"), [{"name": "=1", "low": -3.0}, {}])
    "name,low\\r\\n'=1,-3.0\\r\\n,\\r\\n"
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([_field(row.get(column)) for column in columns] for row in rows)
    return out.getvalue()


def figure_rows(
    figure: FigureView, starts: date | None, ends: date | None, released_on: date | None
) -> Iterator[Row]:
    """One line for a number, one a cell for a histogram, one with its status for neither."""
    about: Row = {
        "statistic": figure.key,
        "title": figure.title,
        "unit": figure.unit.value,
        "currency": figure.currency,
        "round": figure.round_id,
        "period_starts": starts,
        "period_ends": ends,
        "released_on": released_on,
        "institutions": band_text(figure.institutions),
        "status": figure.status.value,
        "reason": figure.reason.value if figure.reason else "",
        "code": figure.code,
    }
    if figure.shown and figure.cells:
        yield from ({**about, **_cell(cell)} for cell in figure.cells)
    elif figure.shown:
        yield {**about, **_numbers(figure)}
    else:
        yield about


def cohort_rows(
    cohorts: Iterable[CohortView], starts: date | None, ends: date | None, released_on: date | None
) -> Iterator[Row]:
    """The same figure of each cohort; what a cohort leaves of its code is "CODE (rest)"."""
    for one in cohorts:
        name = f"{one.code} (rest)" if one.rest else one.code
        for row in figure_rows(one.figure, starts, ends, released_on):
            yield {**row, "cohort": name}


def trend_rows(trend: Trend) -> Iterator[Row]:
    """Every release of a statistic, oldest first."""
    for point in trend.points:
        yield from figure_rows(point.figure, point.starts, point.ends, point.released_on)


def rounds_rows(rounds: Iterable[RoundView]) -> Iterator[Row]:
    """One line a round, without its figures."""
    for view in rounds:
        yield {
            "round": view.round_id,
            "state": view.state.value,
            "period_starts": view.starts,
            "period_ends": view.ends,
            "released_on": view.released_on,
            "institutions": band_text(view.institutions),
            "rho": view.rho,
            "epsilon": view.epsilon,
            "delta": view.delta,
            "plan": view.plan_hash,
            "roster": view.roster_hash,
            "release": view.release_hash,
        }


def round_rows(view: RoundView) -> Iterator[Row]:
    """Every figure of a round."""
    for figure in view.figures:
        yield from figure_rows(figure, view.starts, view.ends, view.released_on)


def change_rows(changes: Iterable[Change]) -> Iterator[Row]:
    """One line for each figure that has an earlier number beside it."""
    for change in changes:
        figure, found = change.figure, change.difference
        yield {
            "statistic": figure.key,
            "title": figure.title,
            "unit": figure.unit.value,
            "currency": figure.currency,
            "round": figure.round_id,
            "since_starts": change.since_starts,
            "since_ends": change.since_ends,
            "outcome": found.outcome.value,
            "difference": found.estimate,
            "low": found.low,
            "high": found.high,
        }


def band_text(band: Band | None) -> str:
    """How many institutions, in the words of the release.

    >>> band_text(Band(least=5, most=9)), band_text(Band(least=50)), band_text(None)
    ('5-9', '50 or more', '')
    """
    if band is None:
        return ""
    if band.most is None:
        return f"{band.least} or more"
    names = dict(BANDS)
    return names.get(band.most, f"{band.least}-{band.most}")


def _cell(cell: CellView) -> Row:
    return {
        "group": cell.code,
        "status": cell.status.value,
        "code": CODES[cell.status],
        **_numbers(cell),
    }


def _numbers(one: FigureView | CellView) -> Row:
    """As released, and (`adjusted`) as it agrees with the others, where that was worked out."""
    adjusted = one.adjusted.estimate if one.adjusted else None
    return {"estimate": one.estimate, "low": one.low, "high": one.high, "adjusted": adjusted}


def _field(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith(_STARTERS):
        return f"'{value}"
    return value.isoformat() if isinstance(value, date) else value
