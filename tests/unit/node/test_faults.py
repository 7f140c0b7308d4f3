"""An error nobody foresaw is logged by its kind and place; its text could quote a visitor."""

import logging

import pytest

from foyer_node.faults import OnlyNameAndPlace, name_and_place


def quote_a_visitor():
    raise ValueError("CANARY-7f3a@example.org")


def test_kind_and_place_are_said_and_the_text_is_not(caplog):
    logger = logging.getLogger("tests.faults")
    logger.addFilter(OnlyNameAndPlace())
    with pytest.raises(ValueError, match="CANARY") as caught:
        quote_a_visitor()
    assert name_and_place(caught.value).startswith("ValueError at test_faults.py:")
    logger.error("Exception in ASGI application: %s", caught.value, exc_info=caught.value)
    assert "ValueError at test_faults.py" in caplog.text
    assert "CANARY" not in caplog.text


def test_other_records_pass_unchanged(caplog):
    logger = logging.getLogger("tests.faults.other")
    logger.addFilter(OnlyNameAndPlace())
    logger.warning("port %d is taken", 8765)
    assert "port 8765 is taken" in caplog.text
