"""Promise: what was once agreed to stays: every vector of every version gives what it says."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.conformance.generate import VECTORS, all_vectors
from tests.conformance.operations import OF_THE_CATALOGUE, OPERATIONS

from foyer_protocol.catalogue.fingerprint import catalogue_fingerprint
from foyer_protocol.errors import FoyerError
from foyer_protocol.version import PROTOCOL_VERSION

FILES = sorted(VECTORS.glob("v*/*.json"))
OTHER_CATALOGUE = "catalogue-mismatch"


def steps_of(path: Path) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Operation, input and what is expected of each step, for the installed catalogue."""
    vector = json.loads(path.read_text(encoding="utf-8"))
    other = vector.get("catalogue", catalogue_fingerprint()) != catalogue_fingerprint()
    found = []
    for step in vector["steps"]:
        expected = {key: step[key] for key in ("success", "output", "error") if key in step}
        if other and step["operation"] in OF_THE_CATALOGUE:
            expected = {"success": False, "error": OTHER_CATALOGUE}
        found.append((step["operation"], step["input"], expected))
    return found


def outcome(operation: str, given: dict[str, Any]) -> dict[str, Any]:
    """What the code makes of a step, in the vector's words."""
    try:
        return {"success": True, "output": OPERATIONS[operation](given)}
    except FoyerError as refusal:
        return {"success": False, "error": refusal.code}


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_vector_gives_what_it_says(path):
    for operation, given, expected in steps_of(path):
        assert outcome(operation, given) == expected, operation


def test_a_vector_says_by_its_name_whether_it_ends_in_a_refusal():
    for path in FILES:
        last = json.loads(path.read_text(encoding="utf-8"))["steps"][-1]
        assert path.stem.startswith("bad_") is not last["success"], path.name


def test_the_vectors_of_this_version_are_what_the_generator_writes():
    folder = VECTORS / f"v{PROTOCOL_VERSION}"
    written = {path.stem: path.read_text(encoding="utf-8") for path in folder.glob("*.json")}
    assert written == all_vectors()


def test_every_operation_has_a_vector():
    asked = {operation for path in FILES for operation, _, _ in steps_of(path)}
    assert asked == set(OPERATIONS)


def test_an_operation_that_gives_something_else_is_noticed(monkeypatch):
    monkeypatch.setitem(OPERATIONS, "pad", lambda given: {"key": "", "pad": ""})
    (pad,) = (path for path in FILES if path.stem == "pad")
    with pytest.raises(AssertionError):
        test_a_vector_gives_what_it_says(pad)
