"""Promise: what the docs say of commands, settings, problems and measurements is so."""

import pytest
from tests.support.doc_pages import PAGES, ROOT
from tests.support.doc_problems import ABSTRACT, moves

from foyer_protocol.errors import FoyerError, every_error


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_what_the_code_says(name):
    written = (ROOT / name).read_text(encoding="utf-8")
    assert written == PAGES[name](), f"run `make docs`: {name} is out of date"


def test_every_error_that_can_be_raised_has_a_code_of_its_own():
    codes = [kind.code for kind in every_error() if kind is not FoyerError]
    assert len(codes) == len(set(codes))


def test_every_error_has_its_own_words_and_somebody_whose_move_it_is():
    for kind in every_error():
        assert "code" in vars(kind), kind
        assert kind.__doc__, kind
        assert kind.__name__ in ABSTRACT or moves().get(kind.__name__), kind


def test_every_code_is_on_the_page_of_problems():
    page = PAGES["protocol/docs/problems.md"]()
    for kind in every_error():
        assert kind.__name__ in ABSTRACT or f"| `{kind.code}` | {kind.exit_status} |" in page
