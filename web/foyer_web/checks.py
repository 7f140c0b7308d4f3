"""What a node's doctor found, in the reader's language, by the finding's stable code.

English is said from here too, so that the command line and the status page agree.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from foyer_web.languages import N_
from foyer_web.local_views import CheckView
from foyer_web.problems import PROBLEMS
from foyer_web.words import Words

Value = str | int | float | date


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What was found and what to do about it, as message ids."""

    text: str
    advice: str = ""


LABELS: dict[str, str] = {
    "disk": N_("Disk"),
    "data": N_("Data"),
    "ledger": N_("Privacy ledger"),
    "repeats": N_("Questions asked again"),
    "helper-key": N_("Helper key"),
    "history": N_("The network's history"),
    "network": N_("Network"),
    "control": N_("Connection for messages"),
    "fleet": N_("Connection for rounds"),
    "pages": N_("These pages"),
    "doctor": N_("Checks"),
}
"""`LABELS[name]` heads a finding."""

CHECKS: dict[str, Check] = {
    "disk-free": Check(text=N_("%(free)s MiB free")),
    "disk-low": Check(
        text=N_("%(free)s MiB free"),
        advice=N_("Make room: a ledger that cannot be written stops every round."),
    ),
    "data-fresh": Check(text=N_("orders up to %(until)s")),
    "data-old": Check(
        text=N_("orders up to %(until)s"),
        advice=N_("Import a newer export."),
    ),
    "ledger-unspent": Check(text=N_("chain verified, nothing spent of rho %(cap)s")),
    "ledger-spent": Check(
        text=N_("chain verified, spent rho %(spent)s of %(cap)s in %(period)s")
    ),
    "ledger-refunded": Check(
        text=N_(
            "chain verified, spent rho %(spent)s of %(cap)s in %(period)s; given back: %(back)s"
        )
    ),
    "repeat-refused": Check(
        text=N_("%(round)s asked what %(before)s had answered; it was refused and cost nothing"),
        advice=N_("Use the release that is there; another answer takes another plan."),
    ),
    "helper-key-fresh": Check(text=N_("made on %(made)s; a new one is due on %(due)s")),
    "helper-key-due": Check(
        text=N_("made on %(made)s; a new one was due on %(due)s"),
        advice=N_("Make one with `foyer-node rotate-helper-key`."),
    ),
    "helper-key-pending": Check(
        text=N_("a new one, made on %(made)s, waits for a roster that names it"),
        advice=N_("It is used once governance has signed the next roster; then the old is erased."),
    ),
    "helper-key-strange": Check(
        text=N_("the roster names a key that this node does not have: it can open no seed"),
        advice=N_("Make a new one with `foyer-node rotate-helper-key` and ask for a new roster."),
    ),
    "history-kept": Check(
        text=N_("entries: %(length)s, ending in %(head)s; members who saw the same: %(agreed)s")
    ),
    "not-enrolled": Check(
        text=N_("not enrolled in a network yet"),
        advice=N_("Ask the network's operator for an invitation."),
    ),
    "answers": Check(text=N_("%(network)s answers at %(address)s")),
    "stranger": Check(
        text=N_("%(address)s shows a certificate of somebody else: %(reason)s"),
        advice=N_(
            "A proxy may be inspecting encrypted traffic: have this address exempted."
        ),
    ),
    "unreachable": Check(
        text=N_("%(address)s cannot be reached: %(reason)s"),
        advice=N_("Allow this machine to dial out to that address; nothing needs to come in."),
    ),
    "pages-here": Check(text=N_("served at %(address)s")),
    "pages-open": Check(
        text=N_("served at %(address)s"),
        advice=N_("Anyone on this network can read this institution's own figures."),
    ),
    "pages-off": Check(text=N_("not being served now")),
    "still-looking": Check(
        text=N_("still looking"), advice=N_("Read this page again in ten seconds.")
    ),
}  # fmt: skip


def say_check(code: str, values: Mapping[str, Value], words: Words) -> tuple[str, str]:
    """Text and advice of a finding. Empty for a code that is not known here.

    Numbers and days are written as the language writes them; a number with a fraction gets
    four digits after the point.
    """
    if code not in CHECKS:
        return "", ""
    check = CHECKS[code]
    said = {name: _value(value, words) for name, value in values.items()}
    return words.say(check.text, **said), words.say(check.advice) if check.advice else ""


def check_view(
    name: str, *, well: bool, code: str, values: Mapping[str, Value], text: str, words: Words
) -> CheckView:
    """A line of the status page.

    A `code` that is an error's is said as its problem, with the English `text` behind it
    for whoever helps; an unknown one is left as `text`.
    """
    label = words.say(LABELS.get(name, name))
    if code in PROBLEMS:
        problem = PROBLEMS[code]
        what, hint = words.say(problem.what), words.say(problem.next_step)
        return CheckView(label=label, well=well, detail=f"{what} ({text})", hint=hint)
    detail, hint = say_check(code, values, words)
    return CheckView(label=label, well=well, detail=detail or text, hint=hint)


def _value(value: Value, words: Words) -> str:
    match value:
        case date():
            return words.day(value)
        case float():
            return words.places(value, 4)
        case int():
            return words.number(value)
        case _:
            return value
