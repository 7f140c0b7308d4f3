"""Promise: code uses the words of the glossary, and not their many synonyms."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.test_sizes import modules

INSTEAD = {
    "metric": "statistic", "metrics": "statistic", "kpi": "statistic", "kpis": "statistic",
    "patient": "visitor", "persona": "segment", "wallet": "budget", "shard": "escrow share",
    "gradient": "contribution", "aggregator": "helper", "unmasker": "helper",
    "etl": "import", "worker": "node", "agent": "node", "participant": "institution",
}  # fmt: skip
"""What is not said, and what is said instead."""

THEIRS = {"AGENT": "a sales channel of the data model"}
"""Identifiers with such a word that somebody else named, with who."""


def names(path: Path) -> Iterator[str]:
    """Every name that a module gives to something."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.FunctionDef() | ast.ClassDef() | ast.AsyncFunctionDef():
                yield node.name
            case ast.arg():
                yield node.arg
            case ast.Name(ctx=ast.Store()):
                yield node.id


def words(name: str) -> set[str]:
    """`maskedInput_two` -> masked, input, two."""
    return {part.lower() for part in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)}


def test_no_name_uses_a_word_that_the_glossary_replaces():
    found = {
        f"{path.name}: {name}"
        for path in modules()
        for name in names(path)
        if words(name) & set(INSTEAD) and name not in THEIRS
    }
    assert found == set()


def test_names_are_taken_apart_at_underscores_and_capitals():
    assert words("maskedInput_two") == {"masked", "input", "two"}
