"""`python -m tests.conformance.generate`: writes the vectors of this version (`make vectors`).

What each operation gives is taken from the code, whether it must succeed is not: the cases
say so, and a surprise stops the generator.
"""

import json
from pathlib import Path
from typing import Any

from tests.conformance import cases, division, refunds, spreads
from tests.conformance.material import kept_seals
from tests.conformance.operations import OF_THE_CATALOGUE, OPERATIONS

from foyer_protocol.catalogue.fingerprint import catalogue_fingerprint
from foyer_protocol.errors import FoyerError
from foyer_protocol.version import PROTOCOL_VERSION

VECTORS = Path(__file__).with_name("vectors")


def all_vectors() -> dict[str, str]:
    """The text of every file of this version, by name."""
    with kept_seals() as seal:
        found = {
            **cases.codec(),
            **cases.masks(),
            **cases.names(),
            **cases.rules(),
            **cases.sums(seal),
            **division.vectors(),
            **refunds.vectors(),
            **spreads.vectors(),
        }
    return {name: _text(name, about, steps) for name, (about, steps) in sorted(found.items())}


def _text(name: str, about: str, steps: list[cases.Step]) -> str:
    vector: dict[str, Any] = {"name": name, "about": about, "protocol": PROTOCOL_VERSION}
    if any(operation in OF_THE_CATALOGUE for operation, _, _ in steps):
        vector["catalogue"] = catalogue_fingerprint()
    vector["steps"] = [_step(name, *step) for step in steps]
    if name.startswith("bad_") == vector["steps"][-1]["success"]:
        raise ValueError(f"{name} ends the other way than its name says")
    return json.dumps(vector, indent=1, ensure_ascii=False) + "\n"


def _step(name: str, operation: str, given: dict[str, Any], expected: str) -> dict[str, Any]:
    step: dict[str, Any] = {"operation": operation, "input": given, "success": not expected}
    try:
        output = OPERATIONS[operation](given)
    except FoyerError as refusal:
        if refusal.code != expected:
            raise ValueError(f"{name}: {operation} was refused as {refusal.code}") from refusal
        return {**step, "error": refusal.code}
    if expected:
        raise ValueError(f"{name}: {operation} succeeded where {expected} was expected")
    return {**step, "output": output}


def main() -> None:
    """Write every vector, and take away those that are no longer made."""
    folder = VECTORS / f"v{PROTOCOL_VERSION}"
    folder.mkdir(parents=True, exist_ok=True)
    made = all_vectors()
    for name, text in made.items():
        (folder / f"{name}.json").write_text(text, encoding="utf-8")
    for path in folder.glob("*.json"):
        if path.stem not in made:
            path.unlink()
    print(f"{len(made)} vectors in {folder.relative_to(Path.cwd())}")


if __name__ == "__main__":
    main()
