"""What the steward answered, checked and put into the draft. Nothing is read or written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from foyer_node.connectors.codes import ADMISSION, EXCLUSIONS, Channel, PriceClass, TicketStatus
from foyer_node.connectors.headers import FIELDS, REQUIRED
from foyer_node.mapping.coding import CodeList
from foyer_node.wizard.draft import Draft
from foyer_node.wizard.looking import OpenQuestions

_CODES: Mapping[CodeList, frozenset[str]] = {
    CodeList.CHANNEL: frozenset(Channel),
    CodeList.PRICE_CLASS: frozenset(PriceClass),
    CodeList.STATUS: frozenset(TicketStatus),
    CodeList.EXCLUSION: EXCLUSIONS | {ADMISSION},
}
_LONGEST_WORD = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenColumns:
    """Columns as answered, and what is wrong with the answer: fields, to be said in words."""

    columns: Mapping[str, str]  # canonical field to column name
    twice: tuple[str, ...] = ()  # fields that two columns were given for
    missing: tuple[str, ...] = ()  # required fields without a column

    @property
    def is_good(self) -> bool:
        """Whether a file can be read so."""
        return not (self.twice or self.missing)


def choose_columns(header: Sequence[str], form: Mapping[str, str]) -> ChosenColumns:
    """From a form's `column-POSITION` to the columns; fields that do not exist are passed over."""
    columns: dict[str, str] = {}
    twice: list[str] = []
    for at, name in enumerate(header):
        chosen = form.get(f"column-{at}", "")
        if chosen not in FIELDS:
            continue
        if chosen in columns:
            twice.append(chosen)
        columns.setdefault(chosen, name)
    missing = tuple(name for name in REQUIRED if name not in columns)
    return ChosenColumns(columns=columns, twice=tuple(twice), missing=missing)


def answer(draft: Draft, asked: OpenQuestions, form: Mapping[str, str]) -> Draft | None:
    """The draft with the open questions answered; None if one was not."""
    said: dict[str, object] = {}
    if asked.dates:
        said["dates"] = form.get("dates", "")
        if said["dates"] not in ("day-first", "month-first"):
            return None
    if asked.decimal:
        said["decimal"] = form.get("decimal", "")
        if said["decimal"] not in ("comma", "point"):
            return None
    if asked.per_ticket:
        if form.get("per_ticket") not in ("yes", "no"):
            return None
        said["per_ticket"] = form["per_ticket"] == "yes"
    return draft.model_copy(update=said)


def decide_words(draft: Draft, form: Mapping[str, str]) -> Draft:
    """The draft with every `word-N` of a form given its `code-N`; unknown codes are passed over."""
    decided = {one: dict(getattr(draft, one.value)) for one in CodeList}
    for name, value in form.items():
        stem, _, number = name.partition("-")
        code_list, _, word = value.partition(":")
        code = form.get(f"code-{number}", "")
        if stem != "word" or code_list not in set(CodeList) or not 0 < len(word) <= _LONGEST_WORD:
            continue
        if code in _CODES[CodeList(code_list)]:
            decided[CodeList(code_list)][word] = code
    said = {one.value: words for one, words in decided.items()}
    return draft.model_copy(update={**said, "words_settled": True})
