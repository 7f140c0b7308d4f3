"""What a reader is told where the institutions were divided by lot and compared.

"Parts" on the screen, because groups are what a histogram counts.
"""

from foyer_web.languages import N_
from foyer_web.parts import Accord
from foyer_web.views import FigureView, Kind
from foyer_web.words import Words

SENTENCES: dict[Accord, str] = {
    Accord.AGREE: N_("Divided by lot into %(parts)s parts, the institutions agree on this figure."),
    Accord.DIFFER: N_(
        "Read with care: divided by lot into %(parts)s parts, the institutions do not agree on this"
        " figure. One may have reported something wrong, or is unlike the others."
    ),
    Accord.NOT_COMPARED: N_(
        "Divided by lot into %(parts)s parts, the institutions could not be compared here."
    ),
}


def agreement(figure: FigureView, words: Words) -> str:
    """Whether the parts agree, in a sentence or two; empty where nothing was divided."""
    parts = figure.parts
    if parts is None or not figure.shown:
        return ""
    told = words.say(SENTENCES[parts.accord], parts=words.number(parts.count))
    if parts.accord is not Accord.DIFFER or figure.kind is Kind.DISTRIBUTION:
        return told
    *values, middle = (
        words.rounded(figure.low, value, figure.high, figure.unit, figure.currency)
        for value in (*parts.values, parts.middle)
    )
    listed = words.say(
        N_("The parts give %(values)s; the middle one is %(middle)s."),
        values="; ".join(values),
        middle=middle,
    )
    return f"{told} {listed}"


def caution(figure: FigureView, words: Words) -> str:
    """A few words beside a headline whose parts do not agree; else empty."""
    if figure.shown and figure.parts is not None and figure.parts.accord is Accord.DIFFER:
        return words.say(N_("Read with care: the institutions do not agree."))
    return ""
