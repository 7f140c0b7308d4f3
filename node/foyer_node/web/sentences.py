"""One's own number in a sentence, where the kit's words alone would leave a gap.

Handed to a page in place of the kit's `headline` and `own_sentence`.
"""

from collections.abc import Callable, Mapping

from markupsafe import Markup, escape

from foyer_node.insight.comparison import Own
from foyer_node.insight.own_figures import Absence, OwnFigure
from foyer_web import headlines
from foyer_web.views import FigureView, Kind
from foyer_web.words import Words

MOST_CELLS = 3
SHORT_HISTORY = "Counts institutions with at least 24 months of history."
NOTHING = "There is no data to compute on"
NOT_RELEASED = "No round has been released yet."
YOURS = "Yours: %(mine)s."
"""Message ids of the page kit."""


class OwnSentences:
    """What to say of the house's own figures, in one language."""

    def __init__(self, own: Own, words: Words) -> None:
        self._own = own
        self._words = words

    def beside_peers(self, figure: FigureView) -> Markup:
        """Mine in bold and how it compares, or why there is none."""
        own, words = self._own.get(figure.key), self._words
        if own is None:
            return Markup()
        if own.cells is not None:
            return self._cells(own.cells, figure)
        if figure.mine is None:
            return self._absence(own)
        number = escape(words.exact(figure.mine, figure.unit, figure.currency))
        text = escape(headlines.own_sentence(figure, words))
        if figure.kind is Kind.TOTAL and not figure.includes_mine:  # then it is no part of it
            text = escape(words.say(YOURS, mine=number))
        return text.replace(number, Markup("<strong>{}</strong>").format(number), 1)

    def alone(self, figure: FigureView) -> Markup:
        """The same as a headline, where there are no peers yet."""
        return self.beside_peers(figure) or escape(self._words.say(NOTHING) + ".")

    def waiting(self, figure: FigureView) -> Markup:
        """The headline of a statistic's page before any release."""
        return escape(self._words.say(NOT_RELEASED))

    def _absence(self, own: OwnFigure) -> Markup:
        if own.reason is Absence.SHORT_HISTORY:
            return escape(self._words.say(SHORT_HISTORY))
        return escape(self._words.say(NOTHING) + ".")

    def _cells(self, cells: Mapping[str, int], figure: FigureView) -> Markup:
        words = self._words
        ranked = sorted(cells.items(), key=lambda cell: -cell[1])
        named = [
            Markup("{} (<strong>{}</strong>)").format(
                words.category(code), words.exact_amount(count, figure.unit)
            )
            for code, count in ranked[:MOST_CELLS]
            if count
        ]
        inside = Markup("; ").join(named)
        return escape(words.say(YOURS)).replace("%(mine)s", inside)


def spoken(own: Own, words: Words, *, released: bool, alone: bool) -> dict[str, object]:
    """The page's own functions: for an overview (`alone`) or a statistic, released or not."""
    sentences = OwnSentences(own, words)
    said: dict[str, Callable[[FigureView], Markup]] = {"own_sentence": sentences.beside_peers}
    if not released:
        said["headline"] = sentences.alone if alone else sentences.waiting
        if alone:
            said["own_sentence"] = lambda figure: Markup()
    return dict(said)
