"""What the catalogue says about a number, in sentences: bounds, and whom the noise hides."""

from decimal import Decimal
from fractions import Fraction

from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.catalogue.measures import LeadTimes, Leaf, Residence, Spend, Tickets, Visitors
from foyer_protocol.catalogue.statistic import PrivacyUnit, Statistic, Unit
from foyer_web.languages import N_
from foyer_web.rounding import round_to
from foyer_web.words import Words

HIDES: dict[PrivacyUnit, str] = {
    PrivacyUnit.VISITOR: N_("The noise hides any one visitor, with all their orders."),
    PrivacyUnit.VISITOR_OR_ORDER: N_(
        "The noise hides any one visitor with all their orders, or any one anonymous order."
    ),
}


def bounds(key: str, currency: str, words: Words) -> list[str]:
    """How far one visitor can move the number, and whom its noise hides.

    Empty for a statistic that this version's catalogue does not know.
    """
    statistic = CATALOGUE.get(key)
    if statistic is None:
        return []
    said = [_bound(leaf, currency, words) for leaf in statistic.leaves]
    return [*dict.fromkeys(said), words.say(HIDES[statistic.privacy_unit])]


def rules(key: str, words: Words) -> list[str]:
    """When the number is withheld. Empty for an unknown statistic."""
    statistic = CATALOGUE.get(key)
    return _rules(statistic, words) if statistic else []


def _rules(statistic: Statistic, words: Words) -> list[str]:
    said = [
        words.say(
            N_("Shown only if at least %(number)s other institutions contribute."),
            number=words.number(statistic.least_others),
        ),
        words.say(
            N_("Not shown if one institution makes up more than %(share)s of it."),
            share=words.exact(statistic.dominance_cap / 100, Unit.SHARE),
        ),
    ]
    if statistic.needs_history:
        said.append(words.say(N_("Counts institutions with at least 24 months of history.")))
    return said


def _bound(leaf: Leaf, currency: str, words: Words) -> str:
    match leaf:
        case Tickets(cap=cap):
            most = words.exact(cap, Unit.TICKETS)
            return words.say(N_("At most %(most)s per visitor count."), most=most)
        case Spend(cap=cap, step_minor=step):
            value = float(Fraction(cap * step, 100))
            most = words.amount(round_to(value, Decimal(1)), Unit.MONEY, currency)
            return words.say(N_("At most %(most)s of spending per visitor counts."), most=most)
        case Visitors() | Residence():
            return words.say(N_("Each visitor counts once."))
        case LeadTimes(edges=edges):
            most = words.exact(edges[-1], Unit.DAYS)
            return words.say(
                N_("Each visitor counts once, with the middle of their orders, up to %(most)s."),
                most=most,
            )
