"""What a node's doctor found, in the reader's language, by the finding's stable code.

English is said from here too, so that the command line and the status page agree.
"""

from collections.abc import Mapping
from datetime import date

from foyer_web.check_texts import CHECKS, LABELS
from foyer_web.local_views import CheckView
from foyer_web.problems import PROBLEMS
from foyer_web.words import Words

Value = str | int | float | date


def say_check(code: str, values: Mapping[str, Value], words: Words) -> tuple[str, str]:
    """Text and advice of a finding. Empty for a code that is not known here.

    Numbers and days are written as the language writes them; a number with a fraction gets
    four digits after the point.
    """
    if code not in CHECKS:
        return "", ""
    check = CHECKS[code]
    said = {name: _value(value, words) for name, value in values.items()}
    return words.say(check.text, **said), words.say(check.advice, **said) if check.advice else ""


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
