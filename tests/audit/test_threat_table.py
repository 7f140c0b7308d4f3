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
    "Correlated reports",
    "Pad reuse after a restore",
    "A helper that answers twice",
    "A helper that lies",
    "Poisoning by one node",
    "Ledger rollback by restoring a backup",
    "Clock rewound",
    "Crash at every effect boundary",
    "Crash between journal and upload",
    "Nodes that drop out, helpers that fall silent",
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

CLAIMS = ("C1", "C2", "C3", "C4", "C5")
"""Of the design, each with tests that begin with its name."""

DESIGN = {
    "floating point and its last digits": ("Floating point",),
    "a sensitivity that is too small": ("Underestimated sensitivity",),
    "the time that a sampler takes": ("Sampler timing",),
    "differences of rounds and of rosters": ("Differencing; two rosters that differ by one node",),
    "averages of repeated questions": ("Averaging by repeated plans",),
    "cohorts too small or invented": ("Small cohort", "Sybil", "Victim alone"),
    "one institution that is nearly all of a sum": ("Dominance",),
    "a coordinator that deceives nodes or helpers": (
        *("Split view", "Lying about dropouts", "Replay in the same job", "Replay in another job"),
        *("Key substitution, also with governance colluding", "Correlated reports"),
    ),
    "pads used again after a restore": ("Pad reuse after a restore",),
    "a budget rolled back by a backup": ("Ledger rollback by restoring a backup",),
    "clocks that are set back": ("Clock rewound",),
    "a crash with the charge made and nothing sent": ("Crash between journal and upload",),
    "a node that poisons the sum": ("Poisoning by one node",),
    "a helper that answers falsely": ("A helper that lies",),
    "recordings kept for a quantum computer": ("Quantum harvest",),
    "a committee of the coordinator's choice": ("Coordinator chooses the committee",),
    "logs, errors and retries that tell": ("Raw values in logs, errors, retries",),
}
"""The seventeen threats of the design, in its order, and the rows that answer each."""


def rows():
    """Attack to tests, as the document's table has them."""
    table = text_of(DOCUMENT).partition(TABLE)[2].partition("\n## ")[0]
    lines = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| ")]
    return {attack: NAMED.findall(tests) for attack, tests in lines[1:]}


def test_every_attack_has_its_row():
    assert list(rows()) == list(ATTACKS)


def test_every_threat_of_the_design_is_answered():
    assert len(DESIGN) == 17
    for threat, answers in DESIGN.items():
        assert answers, threat
        assert set(answers) <= set(rows()), threat


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_claim_has_tests_that_bear_its_name(claim):
    (attack,) = [attack for attack in rows() if attack.startswith(f"Claim {claim}:")]
    assert all(name.startswith(f"test_{claim.lower()}_") for _, name in rows()[attack])


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_tested(attack):
    assert rows()[attack], attack
    for place, name in rows()[attack]:
        assert f"def {name}(" in text_of(ROOT / place), f"{place}::{name}"
