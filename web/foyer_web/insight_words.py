"""A house's own insight in plain words: what a number, a stage, a ladder or an action is."""

from decimal import Decimal

from foyer_protocol.catalogue.statistic import Unit
from foyer_web import paths
from foyer_web.insight_views import LadderView, LifecycleView, NumberView
from foyer_web.languages import N_
from foyer_web.words import Words

NUMBERS: dict[str, str] = {
    "tickets": N_("Tickets sold"),
    "revenue": N_("Revenue"),
    "ahead": N_("Tickets sold for the next four weeks"),
    "known-share": N_("Tickets with a known visitor"),
    "new-visitors": N_("Visitors seen for the first time"),
}

DAYPARTS: dict[str, str] = {
    "morning": N_("Morning, before 12"),
    "afternoon": N_("Afternoon, 12 to 17"),
    "evening": N_("Evening, 17 to 22"),
    "late": N_("Late, from 22"),
}

STAGES: dict[str, str] = {
    "new": N_("New"),
    "once-before": N_("Once before"),
    "convertee": N_("Convertee"),
    "active": N_("Active"),
    "super-active": N_("Super active"),
    "stale": N_("Stale"),
    "lapsed": N_("Lapsed"),
}

VISITS: dict[str, str] = {
    "new": N_("1 visit"),
    "once-before": N_("2 visits"),
    "convertee": N_("3 visits"),
    "active": N_("4 to 10 visits"),
    "super-active": N_("more than 10 visits"),
    "stale": N_("any number of visits"),
    "lapsed": N_("any number of visits"),
}

LADDERS: dict[str, tuple[str, str, str]] = {
    "capture": (
        N_("Recognition"),
        N_("Share of tickets with a known visitor."),
        N_("Ask for an e-mail address or a customer card at the till, beginning with one till."),
    ),
    "contact": (
        N_("Consent to write"),
        N_("Share of known visitors who may be written to by e-mail."),
        N_("Ask buyers whether you may write to them, and export the answer with the order."),
    ),
    "geography": (
        N_("Where visitors live"),
        N_("Share of known visitors whose postcode is known."),
        N_("Ask for the postcode alone: it is one word at the till, and no address."),
    ),
    "repeat": (
        N_("History"),
        N_("Months with known visitors behind you, of the 48 that a return needs."),
        N_("Import older exports too: a return can only be seen beside an earlier visit."),
    ),
    "survey": (
        N_("Surveys"),
        N_("Months of the year in which visitors were asked."),
        N_("This version takes no survey answers, so that this ladder stays at 0 for now."),
    ),
}
"""What a ladder is called, what it measures, and the next step on it."""

ACTIONS: dict[str, tuple[str, str, str, str]] = {
    "import": (
        N_("Import your latest export."),
        N_("No sale of last week is here: the house was closed, or the export is older."),
        N_("Import an export of your ticket sales"),
        paths.IMPORT,
    ),
    "ask-at-the-till": (
        N_("Ask for an e-mail address or a customer card at the till."),
        N_("Most tickets belong to nobody known, and only a known visitor can be seen to return."),
        N_("See how far your data have come"),
        paths.MATURITY,
    ),
    "ask-for-consent": (
        N_("Ask buyers whether you may write to them."),
        N_("Few of your known visitors may be written to by e-mail."),
        N_("See how far your data have come"),
        paths.MATURITY,
    ),
    "ask-for-postcodes": (
        N_("Ask for the postcode."),
        N_("Of few of your known visitors it is known where they live."),
        N_("See how far your data have come"),
        paths.MATURITY,
    ),
    "write-to-stale": (
        N_("Write to those who have not come for a while."),
        N_("More than a quarter of the visitors you have not lost are stale."),
        N_("See the stages and make a list"),
        paths.LIFECYCLE,
    ),
    "invite-second-visit": (
        N_("Invite those who came once to come again."),
        N_("Nothing more urgent stands out, and they are the ones an invitation can still win."),
        N_("See the stages and make a list"),
        paths.LIFECYCLE,
    ),
}
"""What to do, why, and where the link leads."""

NEEDS: dict[str, str] = {
    "channel": N_("The channel of each sale"),
    "event_time": N_("Date and time of what a ticket is for"),
    "postcode": N_("The visitor's postcode"),
    "visitor_key": N_("An e-mail address or customer number"),
}

BURDENS: dict[int, str] = {
    0: N_("No burden: your system knows it already. Export it too."),
    1: N_("A small burden: one word, said in passing."),
    2: N_("A real burden: it has to be spelt, and it can be misused. Ask only with a reason."),
}


class InsightWords:
    """One language's way of saying a house's own insight."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def number(self, name: str) -> str:
        """What a number of the week is."""
        return self._words.say(NUMBERS[name])

    def change(self, one: NumberView) -> str:
        """A number that changed clearly, as a sentence."""
        sentence = (
            N_("%(what)s went up: %(now)s last week, where %(before)s was usual.")
            if one.is_rise
            else N_("%(what)s went down: %(now)s last week, where %(before)s was usual.")
        )
        now, before = (
            self._words.exact_amount(value, one.unit, one.currency)
            for value in (one.value, one.before or 0.0)
        )
        return self._words.say(sentence, what=self.number(one.name), now=now, before=before)

    def action(self, name: str) -> tuple[str, str, str, str]:
        """What to do, why, what the link says, and its path without a language."""
        what, why, link, path = ACTIONS[name]
        return self._words.say(what), self._words.say(why), self._words.say(link), path

    def daypart(self, name: str) -> str:
        """A part of the day with its hours."""
        return self._words.say(DAYPARTS[name])

    def stage(self, name: str) -> str:
        """What a stage is called."""
        return self._words.say(STAGES[name])

    def rule(self, name: str, view: LifecycleView) -> str:
        """Who is at a stage."""
        stale, lapsed = view.stale_months, view.lapsed_months
        when = {
            "stale": N_("last order %(stale)s to %(lapsed)s months ago"),
            "lapsed": N_("last order more than %(lapsed)s months ago"),
        }.get(name, N_("last order within %(stale)s months"))
        visits = self._words.say(VISITS[name])
        return f"{visits}, {self._words.say(when) % {'stale': stale, 'lapsed': lapsed}}"

    def known(self, count: int) -> str:
        """How many visitors are known."""
        return self._words.say_count(
            "%(number)s known visitor",
            "%(number)s known visitors",
            count,
            number=self._words.number(count),
        )

    def moved(self, change: int) -> str:
        """A change with its sign: "+1,240"."""
        sign = "+" if change > 0 else "−" if change < 0 else "±"
        return sign + self._words.number(abs(change))

    def ladder(self, name: str) -> tuple[str, str, str]:
        """What a ladder is called, what it measures, and the next step on it."""
        called, measures, step = LADDERS[name]
        return self._words.say(called), self._words.say(measures), self._words.say(step)

    def standing(self, ladder: LadderView) -> str:
        """Where a house stands on a ladder and where the next rung begins."""
        if ladder.share is None:
            return self._words.say(N_("There is nothing to take a share of yet."))
        now = self.share(ladder.share)
        if ladder.next_share is None:
            return self._words.say(N_("%(share)s now: the highest rung."), share=now)
        return self._words.say(
            N_("%(share)s now; the next rung begins above %(next)s."),
            share=now,
            next=self.share(ladder.next_share),
        )

    def share(self, value: float) -> str:
        """A share, to a whole per cent unless it is small."""
        finer = 0 < value < 0.1 or 0.9 < value < 1
        step = Decimal("0.001") if finer else Decimal("0.01")
        return self._words.amount(Decimal(value).quantize(step).normalize(), Unit.SHARE)

    def need(self, name: str) -> str:
        """A kind of data."""
        return self._words.say(NEEDS[name])

    def burden(self, burden: int) -> str:
        """What it asks of a visitor."""
        return self._words.say(BURDENS[burden])
