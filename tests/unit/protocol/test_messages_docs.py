"""Promise: the auditor's documents name functions and tests that exist, and show what is."""

import ast
import importlib
import re
from functools import cache
from pathlib import Path

import pytest
from tests.support.doc_parts import DOCS, MESSAGES, PARTS, ROOT, with_parts

from foyer_protocol.messages.codec import Message

HERE = ROOT / "tests/unit/protocol/test_rounds_helper.py"
README = ROOT / "protocol" / "README.md"
PRIVACY = DOCS / "privacy.md"
DECISIONS = sorted((DOCS / "decisions").glob("*.md"))
DOCUMENTS = [README, *sorted(DOCS.glob("*.md")), *DECISIONS]
CLAIMS = re.split(r"^### ", PRIVACY.read_text(encoding="utf-8").split("\n## ")[0], flags=re.M)[1:]


@cache
def named_in(path: Path) -> frozenset[str]:
    """`test_x` and `TestY::test_z` of a module."""
    found = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            inner = (part.name for part in node.body if isinstance(part, ast.FunctionDef))
            found |= {f"{node.name}::{name}" for name in inner}
    return frozenset(found)


def resolve(dotted: str) -> object:
    """The object behind a dotted name: a module, then attributes."""
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for name in parts[length:]:
            found = getattr(found, name)
        return found
    raise AssertionError(dotted)


@pytest.mark.parametrize("path", PARTS, ids=lambda path: path.name)
def test_generated_parts_are_what_the_code_says(path):
    text = path.read_text(encoding="utf-8")
    assert all(f"<!-- generated: {name} -->" in text for name in PARTS[path])
    assert with_parts(path) == text, "run: python -m tests.support.doc_parts"


def test_every_json_message_has_its_fields_in_the_wire_format():
    ours = {one for one in Message.__subclasses__() if one.__module__.startswith("foyer_protocol.")}
    assert ours == set(MESSAGES)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_test_that_a_document_names_exists(path):
    text = path.read_text(encoding="utf-8")
    for module, name in re.findall(r"`(tests/[\w/]+\.py)::([\w:]+)`", text):
        assert name in named_in(ROOT / module), f"{module}::{name}"


def test_the_threat_models_short_test_names_exist():
    short = re.findall(r"`(test_\w+)`", (DOCS / "threat-model.md").read_text(encoding="utf-8"))
    names = {name.split("::")[-1] for name in named_in(HERE)}
    assert short
    assert not set(short) - names - {"test_rounds_helper"}


def test_the_readmes_short_test_names_exist_somewhere_in_the_simulations():
    names = {
        name for path in (ROOT / "tests/simulation").glob("test_*.py") for name in named_in(path)
    }
    short = set(re.findall(r"`(test_\w+)`", README.read_text(encoding="utf-8")))
    assert short <= names


def test_claims_are_numbered_without_a_gap():
    numbers = [int(claim.split(".")[0]) for claim in CLAIMS]
    assert numbers == list(range(1, len(CLAIMS) + 1))
    assert len(CLAIMS) >= 10


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.splitlines()[0])
def test_every_claim_names_a_function_a_test_and_a_source_that_exist(claim):
    functions = re.findall(r"^- Function: `([\w.]+)`$", claim, flags=re.M)
    tests = re.findall(r"^- Test: `(tests/[\w/]+\.py)::([\w:]+)`$", claim, flags=re.M)
    assert functions
    assert tests
    assert re.search(r"^- Source: .+", claim, flags=re.M)
    assert all(resolve(name) is not None for name in functions)


def test_every_link_between_documents_leads_somewhere():
    for path in DOCUMENTS:
        for target in re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_every_decision_has_its_number_its_price_and_one_screen():
    for number, path in enumerate(DECISIONS, start=1):
        text = path.read_text(encoding="utf-8")
        assert path.name.startswith(f"{number:04}-")
        assert text.startswith(f"# {number}. ")
        assert all(f"**{part}.**" in text for part in ("Problem", "Decision", "Price", "Rejected"))
        assert len(text.splitlines()) <= 45
