"""A round's notice, a decision and a report before its noise, in plain words."""

from foyer_web.languages import N_
from foyer_web.leaf_names import leaf_name, slot_name
from foyer_web.sharing_views import DecisionView, LeafBeforeView, NoticeView
from foyer_web.words import Words

COLUMNS: dict[str, str] = {
    "ordered_at": N_("the day of each order"),
    "unit": N_("which orders are one visitor's, by a random number made here"),
    "quantity": N_("how many tickets"),
    "paid_minor": N_("what was paid"),
    "online": N_("whether it was sold online"),
    "event_at": N_("the day of what the ticket is for"),
    "territory": N_("the first character of the postcode, with the country"),
}
"""The columns that the engine reads, by their names in the data model."""

ACTS: dict[str, str] = {
    "pause": N_("Paused"),
    "resume": N_("Resumed"),
    "approve": N_("Approved"),
    "decline": N_("Declined"),
}

LACKS: dict[str, str] = {
    "no-figures": N_(
        "This is the answer to whether this house would make up too much of a sum. Before its"
        " masks it is 0 or a random word, so that there is no exact value to show."
    ),
    "no-job": N_("What was asked is not here any more, so that it cannot be told."),
    "no-opening": N_(
        "What left is masked, and cannot be set beside these numbers. The noise of this report"
        " was not kept: `keep_openings_days` under [policy] says for how long it is. The exact"
        " values are what your data give today."
    ),
    "no-data": N_("The noise of this report was not kept, and your data cannot be read just now."),
}


class SharingWords:
    """One language's way of saying what is shared."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def columns(self, notice: NoticeView) -> tuple[str, ...]:
        """What is read of the data, one phrase a column."""
        return tuple(self._words.say(COLUMNS[name]) for name in notice.columns)

    def act(self, name: str) -> str:
        """What was decided."""
        return self._words.say(ACTS[name])

    def decided(self, decision: DecisionView) -> str:
        """What was decided, when and by whom."""
        by = self._words.say(BY.get(decision.by, decision.by))
        return self._words.say(
            N_("%(act)s on %(moment)s by %(who)s."),
            act=self.act(decision.act),
            moment=self._words.moment(decision.at),
            who=by,
        )

    def who(self, by: str) -> str:
        """A name, or what stands for one."""
        return self._words.say(BY.get(by, by))

    def lack(self, name: str) -> str:
        """Why something cannot be shown; nothing if it can."""
        return self._words.say(LACKS[name]) if name else ""

    def leaf(self, before: LeafBeforeView) -> str:
        """What a block counts."""
        return leaf_name(before.leaf, self._words)

    def slot(self, before: LeafBeforeView, slot: int) -> str:
        """One number of a block."""
        return slot_name(before.leaf, slot, self._words)

    def value(self, value: float) -> str:
        """One number before its masks."""
        return self._words.number(round(value, 2) + 0.0)


BY: dict[str, str] = {
    "command line": N_("the command line"),
    "this computer": N_("this computer"),
}
