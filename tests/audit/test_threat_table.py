"""Promise: every attack that the specification names has a test, and the threat model names it."""

import re

import pytest
from tests.support.tracked import ROOT, text_of

DOCUMENT = ROOT / "protocol" / "docs" / "threat-model.md"
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(?:\w+::)?(test_\w+)`")
TABLE = "## Every attack of the specification, and its test"

ATTACKS = (
    "Claim C1: one set, at most",
    "Claim C2: certificates are unique",
    "Claim C3: no pad is used twice",
    "Claim C4: late or excluded reports stay masked",
    "Claim C5: not malleable",
    "Floating point",
    "Underestimated sensitivity",
    "Sampler timing",
    "Differencing; two rosters that differ by one node",
    "Averaging by repeated plans",
    "Small cohort",
    "Sybil",
    "Victim alone",
    "Dominance",
    "Different histories for two members",
    "Split view",
    "Lying about dropouts",
    "Re-query",
    "Replay in the same job",
    "Replay in another job",
    "Key substitution, also with governance colluding",
    "Forged header",
    "Swapped blob",
    "Copied report under another name",
    "A helper that answers twice",
    "A helper that lies",
    "Poisoning by one node",
    "Ledger rollback by restoring a backup",
    "Clock rewound",
    "Crash at every effect boundary",
    "Quantum harvest",
    "Key compromise: a helper's disk, and all that was recorded",
    "Coordinator chooses the committee",
    "Raw values in logs, errors, retries",
    "A message of 0 bytes",
    "A message of 2 GB declared length",
    "A message truncated at every byte",
    "Unknown fields",
    "Deep nesting",
    "Parsers at a trust boundary, fuzzed",
)
"""Claims C1 to C5, the threats of the protocol's design and the bad actors of its audit."""


def rows():
    """Attack to tests, as the document's table has them."""
    table = text_of(DOCUMENT).partition(TABLE)[2].partition("\n## ")[0]
    lines = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| ")]
    return {attack: NAMED.findall(tests) for attack, tests in lines[1:]}


def test_every_attack_has_its_row():
    assert list(rows()) == list(ATTACKS)


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_tested(attack):
    assert rows()[attack], attack
    for place, name in rows()[attack]:
        assert f"def {name}(" in text_of(ROOT / place), f"{place}::{name}"
