"""Numbers in words, in the reader's language: rounded to what the interval supports."""

import math
import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache

from babel.dates import format_date, format_interval, format_skeleton, format_time
from babel.numbers import (
    format_currency,
    format_decimal,
    format_percent,
)
from babel.units import format_unit

from foyer_protocol.catalogue.statistic import Unit
from foyer_protocol.catalogue.territories import ELSEWHERE, FIRST_CHARACTERS, UNKNOWN
from foyer_web.languages import N_, NN_, formats, translations
from foyer_web.rounding import FINEST, Comparison, possible, round_to, step_for
from foyer_web.views import Band, Ending, Reason, RoundState, Status

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

_TOUCHING = re.compile(r"(?<=[A-Za-z])(?=\d)")
"""Between a currency's letters and the number: "DKK 1,200", which Babel writes as one."""

NOUNS: dict[Unit, tuple[str, str]] = {
    Unit.TICKETS: NN_("%(number)s ticket", "%(number)s tickets"),
    Unit.VISITORS: NN_("%(number)s visitor", "%(number)s visitors"),
    Unit.DAYS: NN_("%(number)s day", "%(number)s days"),
}
"""Singular and plural of the units that are said with a noun."""

POINTS = NN_("%(number)s percentage point", "%(number)s percentage points")
"""What two shares differ by, said in per cent of neither."""

COMPARISONS: dict[Comparison, str] = {
    Comparison.HIGHER: N_("higher"),
    Comparison.LOWER: N_("lower"),
    Comparison.NO_CLEAR_DIFFERENCE: N_("no clear difference"),
}

STATUSES: dict[Status | Reason, str] = {
    Status.WITHHELD: N_("Not shown"),
    Reason.FEW_CONTRIBUTORS: N_("Not shown: too few institutions contributed"),
    Reason.DOMINANCE: N_("Not shown: one institution would make up more than half"),
    Reason.ROLLED_UP: N_("Not shown: it would follow from the others"),
    Status.TOO_UNCERTAIN: N_("Too uncertain to show"),
    Status.NOT_ASKED: N_("Not asked in this round"),
    Status.DID_NOT_TAKE_PART: N_("Did not take part"),
}

ENDINGS: dict[Ending, str] = {
    Ending.TOO_FEW_NODES: N_("Too few institutions took part, so no sum was formed."),
    Ending.DEADLINE_PASSED: N_("The answers needed did not arrive before the deadline."),
    Ending.HELPER_REFUSED: N_("A helper declined to answer, so the masks stayed on."),
    Ending.CANARIES_DIFFER: N_("A built-in check of the sum failed, so it was thrown away."),
    Ending.PLAN_WITHDRAWN: N_("The network withdrew the plan before it ran to its end."),
    Ending.INTERNAL: N_("A fault in the network's software stopped it."),
}

STATES: dict[RoundState, str] = {
    RoundState.PLANNED: N_("Planned"),
    RoundState.RUNNING: N_("Running"),
    RoundState.RELEASED: N_("Released"),
    RoundState.ABORTED: N_("Ended without a release"),
}

CATEGORIES: dict[str, str] = {
    UNKNOWN: N_("Unknown"),
    ELSEWHERE: N_("Another country"),
}


class Words:
    """One language's way of saying numbers. Get one with `words(code)`."""

    def __init__(self, code: str) -> None:
        self.code = code
        self._formats = formats(code)
        self._strings = translations(code)

    def say(self, message: str, **values: object) -> str:
        """Translate `message` and fill its `%(name)s` places."""
        text = self._strings.gettext(message)
        return text % values if values else text

    def say_count(self, one: str, many: str, count: int, **values: object) -> str:
        """Translate the form that `count` calls for and fill its places."""
        return self._strings.ngettext(one, many, count) % values

    def number(self, value: float | Decimal) -> str:
        """A number with this language's separators and all its digits."""
        return str(format_decimal(value, locale=self._formats, decimal_quantization=False))

    def amount(self, value: Decimal, unit: Unit, currency: str = "") -> str:
        """One value in its unit, without a noun: "31 %", "€14.30", "1,240"."""
        if unit is Unit.SHARE:
            return str(format_percent(value, locale=self._formats, decimal_quantization=False))
        if unit is Unit.MONEY:
            return self._money(value, currency)
        return self.number(value)

    def quantity(self, value: Decimal, unit: Unit, currency: str = "") -> str:
        """One value in its unit, with the noun: "1,240 visitors", "12.5 days"."""
        text = self.amount(value, unit, currency)
        if unit not in NOUNS:
            return text
        return self.say_count(*NOUNS[unit], math.ceil(abs(value)), number=text)

    def exact(self, value: float, unit: Unit, currency: str = "") -> str:
        """A number that carries no noise (one's own), to the finest sensible step."""
        return self.quantity(_plain(round_to(value, FINEST[unit])), unit, currency)

    def exact_amount(self, value: float, unit: Unit, currency: str = "") -> str:
        """As `exact`, without the noun."""
        return self.amount(_plain(round_to(value, FINEST[unit])), unit, currency)

    def rounded(
        self, low: float, estimate: float, high: float, unit: Unit, currency: str = ""
    ) -> str:
        """ "1,240": the number alone, clamped to the possible and rounded to what is known."""
        value = round_to(possible(estimate, unit), step_for(low, high, unit))
        return self.amount(value, unit, currency)

    def about(
        self, low: float, estimate: float, high: float, unit: Unit, currency: str = ""
    ) -> str:
        """ "about 1,240 visitors": clamped to the possible, rounded to what is known."""
        value = round_to(possible(estimate, unit), step_for(low, high, unit))
        text = self.quantity(value, unit, currency)
        return text if low == high else self.say(N_("about %(number)s"), number=text)

    def ends(self, low: float, high: float, unit: Unit, currency: str = "") -> str:
        """ "1,200–1,280", for tables."""
        step = step_for(low, high, unit)
        return "–".join(
            self.amount(round_to(possible(end, unit), step), unit, currency) for end in (low, high)
        )

    def plus_minus(self, half_width: float, unit: Unit, currency: str = "") -> str:
        """ "of which ± 1.1 % is privacy noise"."""
        step = step_for(-half_width / 10, half_width / 10, unit)  # a digit more than the range
        text = self.amount(round_to(half_width, step), unit, currency)
        return self.say(N_("Of the range, privacy noise is ± %(number)s"), number=text)

    def between(self, low: float, high: float, unit: Unit, currency: str = "") -> str:
        """ "likely between 28 % and 34 %", or nothing if there is no doubt."""
        if low == high:
            return ""
        step = step_for(low, high, unit)
        ends = [
            self.amount(round_to(possible(end, unit), step), unit, currency) for end in (low, high)
        ]
        return self.say(N_("likely between %(low)s and %(high)s"), low=ends[0], high=ends[1])

    def apart(self, low: float, estimate: float, high: float, unit: Unit, currency: str) -> str:
        """ "about 3 percentage points (likely between 1 and 5)": how far two numbers differ.

        Without a sign: `comparison` says which is higher.
        """
        if estimate < 0:
            low, estimate, high = -high, -estimate, -low
        times, unit = (100, Unit.DAYS) if (share := unit is Unit.SHARE) else (1, unit)
        step = step_for(low * times, high * times, unit)
        value = round_to(estimate * times, step)
        said = self.say_count(*POINTS, math.ceil(value), number=self.number(value))
        number = said if share else self.quantity(value, unit, currency)
        about = self.say(N_("about %(number)s"), number=number)
        return f"{about} ({self.between(low * times, high * times, unit, currency)})"

    def comparison(self, outcome: Comparison) -> str:
        """One of three phrases."""
        return self.say(COMPARISONS[outcome])

    def status(self, status: Status, reason: Reason | None = None) -> str:
        """Why there is no number here; nothing if there is one."""
        if status is Status.SHOWN:
            return ""
        return self.say(STATUSES[reason or status])

    def band(self, band: Band) -> str:
        """How many institutions, no more exactly than was published."""
        if band.most is None:
            return self.say(N_("%(least)s or more institutions"), least=self.number(band.least))
        if band.least == band.most:
            return self.say_count(
                "%(number)s institution", "%(number)s institutions", band.least,
                number=self.number(band.least),
            )  # fmt: skip
        return self.say(
            N_("%(least)s to %(most)s institutions"),
            least=self.number(band.least),
            most=self.number(band.most),
        )

    def state(self, state: RoundState) -> str:
        """Where a round stands."""
        return self.say(STATES[state])

    def ending(self, ending: Ending) -> str:
        """Why a round ended without a release."""
        return self.say(ENDINGS[ending])

    def places(self, value: float, digits: int) -> str:
        """A number with exactly so many digits after the point."""
        return str(format_decimal(value, "#,##0." + "0" * digits, locale=self._formats))

    def short(self, value: float) -> str:
        """A number of the technical kind, to three digits."""
        return str(format_decimal(float(f"{value:.3g}"), "#,##0.########", locale=self._formats))

    def tiny(self, value: float) -> str:
        """A very small probability, as a power of ten: "10⁻⁶", "2.5 · 10⁻⁷"."""
        digits, _, exponent = f"{value:.2e}".partition("e")
        power = "10" + str(int(exponent)).translate(_SUPERSCRIPTS)
        return power if float(digits) == 1 else f"{self.short(float(digits))} · {power}"

    def category(self, code: str) -> str:
        """The name of a histogram's cell: "Denmark, postcodes 2…"."""
        country, _, first = code.partition("-")
        if country in FIRST_CHARACTERS and first:
            name = self.country(country)
            return self.say(N_("%(country)s, postcodes %(first)s…"), country=name, first=first)
        return self.say(CATEGORIES[code]) if code in CATEGORIES else code

    def day(self, value: date) -> str:
        """A date, written out."""
        return str(format_date(value, format="long", locale=self._formats))

    def moment(self, value: datetime) -> str:
        """A day and a time to the minute, as given (no change of time zone)."""
        day = format_date(value, format="medium", locale=self._formats)
        return f"{day}, {format_time(value, format='short', locale=self._formats)}"

    def period(self, starts: date, ends: date) -> str:
        """A window whose end is excluded, said by its last day; a calendar year by its number."""
        last = ends - timedelta(days=1)
        if (starts.month, starts.day, last) == (1, 1, date(starts.year, 12, 31)):
            return str(starts.year)
        return str(format_interval(starts, last, "yMMMd", locale=self._formats))

    def short_period(self, starts: date, ends: date) -> str:
        """The same in a few letters: "2026", "Q1 2026", "Jan 2026", else the last day."""
        last = ends - timedelta(days=1)
        months = (ends.year - starts.year) * 12 + ends.month - starts.month
        whole = starts.day == ends.day == 1
        if whole and months == 12 and starts.month == 1:
            return str(starts.year)
        if whole and months == 3 and starts.month % 3 == 1:
            return str(format_skeleton("yQQQ", starts, locale=self._formats))
        skeleton = "yMMM" if whole and months == 1 else "yMMMd"
        return str(format_skeleton(skeleton, last, locale=self._formats))

    def country(self, code: str) -> str:
        """The name of a country."""
        return str(self._formats.territories.get(code, code))

    def size(self, octets: int) -> str:
        """The size of a message."""
        if octets < 1000:
            return self.say(N_("%(number)s bytes"), number=self.number(octets))
        if octets >= 10**9:
            number = round(octets / 10**9, 1)
            return str(format_unit(number, "digital-gigabyte", "short", locale=self._formats))
        return self.say(N_("%(number)s kB"), number=self.number(round(Decimal(octets) / 1000, 1)))

    def _money(self, value: Decimal, currency: str) -> str:
        exponent = value.as_tuple().exponent
        pattern = str(self._formats.currency_formats["standard"].pattern)
        if isinstance(exponent, int) and exponent >= 0:
            pattern = pattern.replace("0.00", "0")
        text = format_currency(
            value,
            currency,
            pattern,
            locale=self._formats,
            currency_digits=False,
            decimal_quantization=False,
        )
        return _TOUCHING.sub("\xa0", str(text))


def _plain(value: Decimal) -> Decimal:
    """Without trailing zeros after the point: 12.0 days are 12 days, 1,200 stays 1,200."""
    return value.to_integral_value() if value == value.to_integral_value() else value.normalize()


@cache
def words(code: str) -> Words:
    """The `Words` of language `code`, made once."""
    return Words(code)
