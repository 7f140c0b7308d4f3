"""Promise: the noise, the clipping and the masks of the shipped code are what the price pays for.

The path is audited from end to end, and so are nine networks with one mistake each: all of
them are caught, by the checks named beside them in `tests.support.mutants`.

False alarms: one audit of the true code makes `TESTS` = 19 tests at `ALPHA` = 10⁻⁶, and two
audits are run here, a small one every day and a large one in `make audit`. By the union
bound an alarm about sound code has a chance of at most 2 · 19 · 10⁻⁶ = 3.8·10⁻⁵ < 10⁻⁴.
"""

from functools import cache

import pytest
from tests.support.audit_checks import ALPHA, CHECKS, TESTS, Verdict, verdicts
from tests.support.audited_network import observe
from tests.support.mutants import MUTANTS, mutant

DAILY, LARGE, LARGE_MUTANT = 25, 3000, 400
"""Sums with the visitors, and as many without, in each audit."""

CAUGHT_BY_MANY = {
    "half the variance": "loss_in_histogram",
    "noise drawn once": "loss_in_tree",
    "a tenth less variance": "share_fit",
    "no clipping": "loss_in_tickets",
    "shares truncated at 2 sd": "variance",
}
"""What only a larger sample shows."""


@cache
def true_code(sums: int) -> dict[str, Verdict]:
    return verdicts(observe(sums))


@cache
def mistaken(name: str, sums: int) -> dict[str, Verdict]:
    with mutant(name):
        return verdicts(observe(sums))


def failed(found: dict[str, Verdict]) -> set[str]:
    return {name for name, verdict in found.items() if not verdict.passed}


def told(name: str, found: dict[str, Verdict]) -> str:
    """One line of the audit's table, for `pytest -rP`."""
    cells = [f"{check} {v.measured}{'' if v.passed else ' !'}" for check, v in found.items()]
    return f"{name}: {'; '.join(cells)}"


def test_the_false_alarms_of_both_audits_together_are_below_one_in_ten_thousand():
    assert 2 * TESTS * ALPHA < 1e-4


@pytest.mark.parametrize("check", CHECKS)
def test_the_shipped_code_passes(check):
    assert true_code(DAILY)[check].passed, true_code(DAILY)[check].measured


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mistaken_network_is_caught(name):
    assert set(MUTANTS[name][1]) <= failed(mistaken(name, DAILY))


def test_every_check_catches_a_mistake():
    caught = {check for _, checks in MUTANTS.values() for check in checks}
    assert caught | set(CAUGHT_BY_MANY.values()) == set(CHECKS)


def test_a_mutant_is_gone_when_its_observation_ends():
    with mutant("half the variance"):
        pass
    assert verdicts(observe(5))["variance"].passed


@pytest.mark.audit
def test_the_shipped_code_passes_a_large_audit():
    found = true_code(LARGE)
    print(told("the shipped code", found))
    assert failed(found) == set()
    # The bounds come near the claims: the audit would see a little more than is paid for.
    assert float(found["loss_in_histogram"].measured.split()[2]) > 0.9


@pytest.mark.audit
@pytest.mark.parametrize("name", MUTANTS)
def test_a_mistaken_network_is_caught_by_more_checks_in_a_large_audit(name):
    found = mistaken(name, LARGE_MUTANT)
    print(told(name, found))
    assert {*MUTANTS[name][1], CAUGHT_BY_MANY.get(name, MUTANTS[name][1][0])} <= failed(found)
