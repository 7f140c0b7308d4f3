"""Promise: whoever has a system that is read is told how to get an export out of it."""

import pytest

from foyer_node.connectors.guides import GUIDES
from foyer_node.connectors.registry import CONNECTORS


def test_every_connector_has_a_guide_and_every_guide_a_connector():
    assert list(GUIDES) == list(CONNECTORS)


@pytest.mark.parametrize("name", GUIDES)
def test_a_guide_says_something_in_each_of_its_parts(name):
    guide = GUIDES[name]
    assert guide.title
    assert guide.export.endswith(".")
    assert guide.files


@pytest.mark.parametrize("name", CONNECTORS)
def test_a_connector_is_called_what_the_registry_calls_it(name):
    assert CONNECTORS[name].name == name
