"""Promise: what is in the repository can be read, followed and built anywhere."""

import re
from pathlib import Path

import pytest
from tests.support.tracked import ROOT, text_of, tracked

LOCAL_PLACE = re.compile(r"(?<![\w.~-])/(?:work|root|home/\w+|Users/\w+)/")
REGISTRY = re.compile(
    r"\b(?:pypi|pythonhosted|npmjs|jsdelivr|unpkg|crates|rubygems)\W{1,2}(?:org|com|io|net)\b"
)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
PROMISE = re.compile(r"\(test: (tests/[\w/]+\.py)::(\w+)\)")
DOCUMENTS = tracked("*.md")


@pytest.fixture(scope="module", autouse=True)
def checkout():
    if not DOCUMENTS:
        pytest.skip("this is no git checkout")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_file_names_a_place_of_one_machine():
    found = [name_of(path) for path in tracked() if LOCAL_PLACE.search(text_of(path))]
    assert found == []


def test_no_file_names_a_package_registry():
    found = [name_of(path) for path in tracked() if REGISTRY.search(text_of(path))]
    assert found == []


def anchors(path: Path) -> set[str]:
    """What a heading of a document is called in a link."""
    headings = re.findall(r"^#+ (.*)$", FENCE.sub("", text_of(path)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one).strip().lower().replace(" ", "-") for one in headings}


def broken_links(document: Path) -> list[str]:
    broken = []
    for link in LINK.findall(FENCE.sub("", text_of(document))):
        if re.match(r"[a-z]+:", link):
            continue
        place, _, anchor = link.partition("#")
        target = (document.parent / place).resolve() if place else document
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    return broken


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_link_of_a_document_leads_somewhere(document):
    assert broken_links(document) == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_test_that_a_document_names_exists(document):
    for place, name in PROMISE.findall(text_of(document)):
        assert f"def {name}(" in text_of(ROOT / place), f"{place}::{name}"
