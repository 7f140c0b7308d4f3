"""What noise does, shown on an invented workshop: no number here is anybody's.

The toy has one question: does the published number tell whether you were counted? Its dots
are the 20 quantiles of the noise, so that the same slider always shows the same picture.
"""

from dataclasses import dataclass
from math import erf, sqrt
from statistics import NormalDist

from foyer_web.charts import Chart, Row, Shape
from foyer_web.languages import N_
from foyer_web.words import Words

VISITORS = 40
"""How many came to the invented workshop, you among them."""

MOST_NOISE, USUAL = 8, 3
"""The slider goes from 0 to 8 visitors, and starts at 3."""

REACH = 20
"""The axis ends so far from the true number, wherever the slider stands."""

DOTS = 20
NORMAL_95 = 1.959964


@dataclass(frozen=True, slots=True, kw_only=True)
class Toy:
    """One position of the slider. `noise` is a standard deviation, in visitors."""

    noise: int

    @property
    def guesses_right(self) -> float:
        """How often the best guess from the published number is right, of 1: a coin has a half.

        Numbers with and without one visitor are a distance of 1 apart; the best guess cuts in
        the middle and is right with probability Phi(1 / (2 noise)).

        >>> [round(Toy(noise=noise).guesses_right, 2) for noise in (0, 1, 8)]
        [1.0, 0.69, 0.52]
        """
        return 1.0 if not self.noise else (1 + erf(1 / (2 * self.noise) / sqrt(2))) / 2

    @property
    def half_width(self) -> float:
        """Half of the range that holds 95 of 100 published numbers."""
        return NORMAL_95 * self.noise

    def draws(self, visitors: int) -> tuple[float, ...]:
        """20 equally likely published numbers."""
        if not self.noise:
            return (float(visitors),) * DOTS
        bell = NormalDist(visitors, self.noise)
        return tuple(round(bell.inv_cdf((n + 0.5) / DOTS), 3) for n in range(DOTS))


def toy_of(asked: str) -> Toy:
    """The slider's position that an address asks for; the nearest there is.

    >>> [toy_of(asked).noise for asked in ("", "7", "-4", "9e9", "999", "²")]
    [3, 7, 3, 3, 8, 3]
    """
    if not (asked.isascii() and asked.isdecimal() and len(asked) <= len("999")):
        return Toy(noise=USUAL)
    return Toy(noise=min(MOST_NOISE, int(asked)))


def chart_of_toy(toy: Toy, words: Words) -> Chart:
    """Two rows of dots: the numbers that might be published with you and without you."""
    labels = (words.say(WITH_YOU), words.say(WITHOUT_YOU))
    rows = tuple(
        Row(
            label=label,
            text=words.number(visitors),
            low=at,
            estimate=at,
            high=at,
            line=f"{line}",
            marked=line == 0,
        )
        for line, (label, visitors) in enumerate(zip(labels, (VISITORS, VISITORS - 1), strict=True))
        for at in toy.draws(visitors)
    )
    positions = range(VISITORS - REACH, VISITORS + REACH + 1, REACH // 2)
    return Chart(
        shape=Shape.DOTS,
        title=words.say(N_("Numbers that might be published")),
        description=sentence(toy, words),
        rows=rows,
        ticks=tuple((float(at), words.number(at)) for at in positions),
    )


def sentence(toy: Toy, words: Words) -> str:
    """What the slider's position means."""
    if not toy.noise:
        return words.say(N_("Without noise, whoever knows all the others knows whether you came."))
    return words.say(
        N_(
            "95 of 100 published numbers lie within ± %(half)s of the true one. Whoever knows all"
            " the others and guesses whether you came is right %(right)s of 100 times; a coin is"
            " right 50 times."
        ),
        half=words.number(round(toy.half_width)),
        right=words.number(round(100 * toy.guesses_right)),
    )


WITH_YOU = N_("With you")
WITHOUT_YOU = N_("Without you")
