"""The sentence that a reader meets first, for each figure.

A statistic without a sentence of its own here gets a plain one, so that adding a
statistic to the catalogue needs no change in this file.
"""

from itertools import islice
from math import hypot

from foyer_protocol.catalogue.statistic import Unit
from foyer_protocol.catalogue.territories import UNKNOWN
from foyer_web.languages import N_
from foyer_web.rounding import compare_exact
from foyer_web.views import CellView, FigureView, Kind, OwnAbsence, Status, judge
from foyer_web.words import Words

SENTENCES: dict[str, str] = {
    "volume.attendances": N_("Together, the institutions sold or admitted %(about)s%(range)s."),
    "volume.bookers": N_("Together, the institutions had orders from %(about)s%(range)s."),
    "money.average_ticket_price": N_("A paid ticket cost %(about)s on average%(range)s."),
    "booking.lead_time": N_("The middle booker books %(about)s before the event%(range)s."),
    "booking.online_share": N_("%(about)s of tickets were sold online%(range)s."),
    "loyalty.first_time_share": N_("%(about)s of bookers came for the first time%(range)s."),
    "loyalty.retention_1y": N_("%(about)s of the earlier bookers came back%(range)s."),
    "maturity.capture_rate": N_("%(about)s of tickets belong to a known visitor%(range)s."),
}
"""`range` is empty or " (likely between … and …)", so it carries its own space."""

PLAIN = N_("%(title)s: %(about)s%(range)s.")

ABSENT: dict[OwnAbsence, str] = {
    OwnAbsence.SHORT_HISTORY: N_("You have no figure yet: it takes 24 months of history."),
    OwnAbsence.NOTHING_TO_MEASURE: N_("You have no figure: your data do not hold what it needs."),
    OwnAbsence.OTHER_CURRENCY: N_("Your amounts are in another currency and are not compared."),
}

MOST_NAMED = 3
"""More leading cells than this, and naming them says nothing."""


def headline(figure: FigureView, words: Words, mark: tuple[str, str] = ("", "")) -> str:
    """The figure in one sentence, or why there is none. `mark` is put around the number."""
    if figure.status is Status.NOT_ASKED and not figure.round_id:
        return words.say(N_("No round has released this figure yet."))
    if not figure.shown:
        return words.status(figure.status, figure.reason) + "."
    if figure.kind is Kind.DISTRIBUTION:
        return _leaders(figure, words, mark)
    about = words.about(*figure.told, figure.unit, figure.currency)
    spread = words.between(figure.low, figure.high, figure.unit, figure.currency)
    return _capital(
        mark[0],
        words.say(
            SENTENCES.get(figure.key, PLAIN),
            title=words.say(figure.title),
            about=about.join(mark),
            range=f" ({spread})" if spread else "",
        ),
    )


def own_sentence(figure: FigureView, words: Words, mark: tuple[str, str] = ("", "")) -> str:
    """One's own number and what may be said of it, or why there is none. `mark` as above.

    Empty where nothing is known of one's own.
    """
    if figure.own_cells:
        return words.say(N_("Yours: %(mine)s."), mine=_own_leaders(figure, words, mark))
    if figure.mine is None:
        return words.say(ABSENT[figure.mine_absent]) if figure.mine_absent else ""
    mine = words.exact(figure.mine, figure.unit, figure.currency).join(mark)
    if figure.shown and figure.kind is Kind.LEVEL:
        outcome = compare_exact(figure.mine, figure.low, figure.high)
        return words.say(
            N_("Yours: %(mine)s (%(comparison)s)."),
            mine=mine,
            comparison=words.comparison(outcome),
        )
    if figure.includes_mine and figure.kind is Kind.TOTAL and figure.low > 0:
        ends = figure.mine / figure.high, figure.mine / figure.estimate, figure.mine / figure.low
        part = words.about(*ends, Unit.SHARE)
        return words.say(N_("Yours: %(mine)s, %(part)s of the total."), mine=mine, part=part)
    return words.say(N_("Yours: %(mine)s."), mine=mine)


def leaders(cells: tuple[CellView, ...]) -> tuple[CellView, ...]:
    """The largest cell and every cell that cannot be told apart from it, largest first."""
    return tuple(cell for cell in cells if cell.high >= cells[0].low)


def _leaders(figure: FigureView, words: Words, mark: tuple[str, str]) -> str:
    known = tuple(cell for cell in figure.ranked if cell.code != UNKNOWN)
    return f"{_largest(known, figure, words, mark)} {_without_home(figure, words)}".strip()


def _largest(
    known: tuple[CellView, ...], figure: FigureView, words: Words, mark: tuple[str, str]
) -> str:
    first = leaders(known)
    if not first or len(first) > MOST_NAMED:
        return words.say(N_("%(title)s: no group stands out."), title=words.say(figure.title))
    if len(first) > 1:
        names = "; ".join(_with_number(cell, figure, words, mark) for cell in first)
        return words.say(N_("The largest groups: %(groups)s."), groups=names)
    top = first[0]
    return words.say(
        N_("The largest group: %(group)s, with %(about)s (%(range)s)."),
        group=words.category(top.code).join(mark),
        about=words.about(*top.told, figure.unit, figure.currency),
        range=words.between(top.low, top.high, figure.unit, figure.currency),
    )


def _with_number(cell: CellView, figure: FigureView, words: Words, mark: tuple[str, str]) -> str:
    number = words.rounded(*cell.told, figure.unit, figure.currency)
    about = words.say(N_("about %(number)s"), number=number)
    return f"{words.category(cell.code).join(mark)} ({about})"


def _without_home(figure: FigureView, words: Words) -> str:
    """How many belong to no group, as a share of all; empty where that is not certain enough.

    The cells' errors are independent, so those of the rest add up by their squares.
    """
    nowhere = next((cell for cell in figure.cells if cell.code == UNKNOWN), None)
    if nowhere is None or nowhere.low <= 0:
        return ""
    rest = [cell for cell in figure.cells if cell is not nowhere]
    others = max(0.0, sum(cell.estimate for cell in rest))
    spread = hypot(*((cell.high - cell.low) / 2 for cell in rest))
    low = nowhere.low / (nowhere.low + others + spread)
    share = nowhere.estimate / (nowhere.estimate + others)
    high = nowhere.high / (nowhere.high + max(0.0, others - spread))
    if judge(share, low, high) is not Status.SHOWN:
        return ""
    between = words.between(low, high, Unit.SHARE)
    return words.say(
        N_("No home is known for %(about)s of the bookers%(range)s."),
        about=words.about(low, share, high, Unit.SHARE),
        range=f" ({between})" if between else "",
    )


def _own_leaders(figure: FigureView, words: Words, mark: tuple[str, str]) -> str:
    named = (
        f"{words.category(code)} ({words.exact_amount(count, figure.unit).join(mark)})"
        for code, count in figure.own_cells
        if code != UNKNOWN
    )
    return "; ".join(islice(named, MOST_NAMED)) or words.say(N_("no home known"))


def _capital(opening: str, text: str) -> str:
    at = len(opening) if opening and text.startswith(opening) else 0
    return text[:at] + text[at : at + 1].upper() + text[at + 1 :]
