"""The sentence that a reader meets first, for each figure.

A statistic without a sentence of its own here gets a plain one, so that adding a
statistic to the catalogue needs no change in this file.
"""

from foyer_protocol.catalogue.statistic import Unit
from foyer_web.languages import N_
from foyer_web.rounding import compare_exact
from foyer_web.views import CellView, FigureView, Kind
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

MOST_NAMED = 3
"""More leading cells than this, and naming them says nothing."""


def headline(figure: FigureView, words: Words, mark: tuple[str, str] = ("", "")) -> str:
    """The figure in one sentence, or why there is none. `mark` is put around the number."""
    if not figure.shown:
        return words.status(figure.status, figure.reason) + "."
    if figure.kind is Kind.DISTRIBUTION:
        return _leaders(figure, words, mark)
    about = words.about(figure.low, figure.estimate, figure.high, figure.unit, figure.currency)
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


def own_sentence(figure: FigureView, words: Words) -> str:
    """One's own number and what may be said of it; empty where there is none."""
    if figure.mine is None:
        return ""
    mine = words.exact(figure.mine, figure.unit, figure.currency)
    if figure.shown and figure.kind is Kind.LEVEL:
        outcome = compare_exact(figure.mine, figure.low, figure.high)
        return words.say(
            N_("Yours: %(mine)s (%(comparison)s)."),
            mine=mine,
            comparison=words.comparison(outcome),
        )
    if figure.shown and figure.kind is Kind.TOTAL and figure.low > 0:
        ends = figure.mine / figure.high, figure.mine / figure.estimate, figure.mine / figure.low
        part = words.about(*ends, Unit.SHARE)
        return words.say(N_("Yours: %(mine)s, %(part)s of the total."), mine=mine, part=part)
    return words.say(N_("Yours: %(mine)s."), mine=mine)


def leaders(cells: tuple[CellView, ...]) -> tuple[CellView, ...]:
    """The largest cell and every cell that cannot be told apart from it, largest first."""
    return tuple(cell for cell in cells if cell.high >= cells[0].low)


def _leaders(figure: FigureView, words: Words, mark: tuple[str, str]) -> str:
    first = leaders(figure.ranked)
    if not first or len(first) > MOST_NAMED:
        return words.say(N_("%(title)s: no group stands out."), title=words.say(figure.title))
    names = "; ".join(words.category(cell.code) for cell in first)
    if len(first) > 1:
        return words.say(N_("The largest groups: %(groups)s."), groups=names.join(mark))
    top = first[0]
    return words.say(
        N_("The largest group: %(group)s, with %(about)s (%(range)s)."),
        group=names.join(mark),
        about=words.about(top.low, top.estimate, top.high, figure.unit, figure.currency),
        range=words.between(top.low, top.high, figure.unit, figure.currency),
    )


def _capital(opening: str, text: str) -> str:
    at = len(opening) if opening and text.startswith(opening) else 0
    return text[:at] + text[at : at + 1].upper() + text[at + 1 :]
