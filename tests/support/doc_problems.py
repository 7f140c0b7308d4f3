"""The page of problems, from the classes of `foyer_protocol.errors`."""

import inspect
import re

from tests.support.doc_commands import NOTE

from foyer_protocol import errors
from foyer_protocol.errors import FoyerError, every_error

_BRANCH = re.compile(r"[├└]─ (?P<name>\w+)(?: +(?P<move>\S.*))?")
ABSTRACT = frozenset({"FoyerError", "ProtocolError", "PrivacyRefusal", "DataError"})
"""Families; what is raised is one of their members."""


def page() -> str:
    """Every code that a command, a page or a message can carry."""
    rows = [_row(kind) for kind in every_error() if kind.__name__ not in ABSTRACT]
    return (
        "\n\n".join(
            [
                "# Problems",
                NOTE.format(module="foyer_protocol/errors.py"),
                "Every refusal has a code that never changes its meaning. A command prints it in"
                " brackets and ends with the exit status; a page of the portal carries it as"
                " `urn:foyer:problem:<code>`. To the coordinator a node sends the code alone; the"
                " last column says whether the sentence beside it would be harmless too.",
                "\n".join(
                    [
                        "| Code | Exit | Means | Whose move it is | Sentence may leave |",
                        "|---|--:|---|---|---|",
                        *rows,
                    ]
                ),
            ]
        )
        + "\n"
    )


def moves() -> dict[str, str]:
    """Whose move each class is, from the tree that heads `errors`; families hand theirs down."""
    found = {m["name"]: m["move"] or "" for m in _BRANCH.finditer(inspect.getdoc(errors) or "")}
    for kind in every_error():
        parent = kind.__mro__[1].__name__
        if not found.get(kind.__name__) and parent in found:
            found[kind.__name__] = found[parent]
    return found


def _row(kind: type[FoyerError]) -> str:
    meaning = " ".join(inspect.cleandoc(kind.__doc__ or "").split())
    leaves = "yes" if kind.may_leave else "no"
    move = moves().get(kind.__name__, "")
    return f"| `{kind.code}` | {kind.exit_status} | {meaning} | {move} | {leaves} |"
