"""Every byte that a coordinator receives, and that nothing about a visitor is in it.

The coordinator's knowledge is: all bytes of the enrolment, control and fleet ports of real
rounds, and its own database. χ² tests are two-sided; each fails on perfect masks once in
a hundred million times.
"""

import numpy as np
import pytest
from tests.functional.conftest import ROUNDS, Recorded
from tests.support.canaries import exported_cells, found_in, secret_forms, stored_names
from tests.support.recording import (
    FALSE_ALARM,
    SeenSum,
    envelopes,
    evenness,
    seen_sum,
    two_sided,
    without_envelopes,
)

from foyer_node.app import reading_store
from foyer_node.config import read_config
from foyer_node.engine import reference
from foyer_protocol.catalogue.layout import CANARIES
from foyer_protocol.messages.codec import read_fraction
from foyer_protocol.messages.envelope import Kind
from foyer_protocol.messages.plan import Plan
from foyer_protocol.rounds.kinds import figures

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def sums(recorded: Recorded) -> list[SeenSum]:
    """What was received of the figures of each round."""
    return [seen_sum(recorded.received, recorded.network.sums(name)[0]) for name in ROUNDS]


@pytest.fixture(scope="module")
def exact(recorded: Recorded, sums) -> dict[str, np.ndarray]:
    """Each institution's exact vector, by the plain-Python engine over its own store."""
    plan = sums[0].state.job.plan
    return {slug: exact_vector(recorded, slug, plan) for slug in recorded.network.slugs}


def exact_vector(recorded: Recorded, slug: str, plan: Plan) -> np.ndarray:
    with reading_store(read_config(recorded.network.folder(slug))) as store:
        facts = store.facts()
        lines = list(store.lines(plan.period.history().starts, plan.period.ends))
    found = reference.contribution(lines, plan.layout(), plan.period, facts)
    return figures.exact_vector(plan, found)


def test_the_record_holds_every_report_and_every_answer(recorded, sums):
    kinds = [one.header.kind for one in envelopes(recorded.received)]
    nodes, helpers = len(recorded.network.slugs), len(recorded.network.helpers)
    assert kinds.count(Kind.REPORT) >= 2 * nodes * len(ROUNDS)
    assert kinds.count(Kind.ANSWER) >= 2 * helpers * len(ROUNDS)
    for one in sums:
        assert set(one.masked) == set(recorded.network.slugs)
        assert set(one.pads) == set(recorded.network.helpers)


def test_no_exported_cell_is_among_the_received_bytes(recorded, prepared):
    for slug in recorded.network.slugs:
        (export,) = (
            path
            for path in (prepared.folder / "exports" / slug).iterdir()
            if path.name != "facts.json"
        )
        facts = (prepared.folder / "exports" / slug / "facts.json").read_text(encoding="utf-8")
        cells = {cell for cell in exported_cells(export) if cell not in facts}
        assert len(cells) > 100
        assert found_in(recorded.everything, cells) == set()


def test_an_exported_cell_would_be_found_if_it_were_there(recorded, prepared):
    (export,) = (prepared.folder / "exports" / "kanalteatret").glob("*.csv")
    cells = exported_cells(export)
    person = next(cell for cell in sorted(cells) if "@" in cell)
    code = next(cell for cell in sorted(cells) if len(cell) == 5 and cell.isalnum())
    planted = recorded.everything + f'"{person.lower()}" {code}'.encode()
    assert {person, code} <= found_in(planted, cells)


def test_no_visitor_key_and_no_order_is_among_the_received_bytes(recorded):
    for slug in recorded.network.slugs:
        names = stored_names(recorded.network.folder(slug))
        assert len(names) > 50
        assert found_in(recorded.everything, names) == set()


def test_no_private_key_of_a_node_is_among_the_received_bytes(recorded):
    for slug in recorded.network.slugs:
        forms = list(secret_forms(recorded.network.folder(slug)))
        assert len(forms) == 6 * 6
        assert not [form for form in forms if form in recorded.everything]


def test_masked_reports_are_uniform_words(sums):
    """Each report alone, and all together."""
    for one in sums:
        for masked in one.masked.values():
            assert evenness(masked) > FALSE_ALARM
    assert evenness(b"".join(m for one in sums for m in one.masked.values())) > FALSE_ALARM


def test_one_missing_helper_leaves_uniform_words(sums):
    for one in sums:
        for missing in one.pads:
            others = [name for name in one.pads if name != missing]
            assert evenness(one.combine(list(one.masked), others).tobytes()) > FALSE_ALARM


def test_every_helper_together_does_not_unmask_fewer_reports_than_it_answered(sums):
    """Neither one report, nor all but one: what the helpers sent is one sum of pads."""
    for one in sums:
        for name in one.masked:
            rest = [other for other in one.masked if other != name]
            assert evenness(one.combine([name], list(one.pads)).tobytes()) > FALSE_ALARM
            assert evenness(one.combine(rest, list(one.pads)).tobytes()) > FALSE_ALARM


def test_with_every_helper_the_whole_sum_appears_and_it_is_what_was_released(recorded, sums):
    """Without this, the tests above could pass on anything."""
    for one, name in zip(sums, ROUNDS, strict=True):
        words = one.combine(list(one.masked), list(one.pads))
        assert evenness(words.tobytes()) < 1e-100
        noised = words.view(np.int64)
        assert noised[:CANARIES].tolist() == [len(one.masked)] * CANARIES
        release = recorded.network.rounds.release(name)
        shown = [place for place, value in enumerate(release.noised) if value is not None]
        assert len(shown) > 100
        assert [release.noised[place] for place in shown] == noised[shown].tolist()


def test_the_sum_that_appears_is_the_exact_one_with_as_much_noise_as_the_plan_says(sums, exact):
    """χ² of the noise in each block over all rounds, two-sided: less would be a leak."""
    truth = sum(exact.values())
    plan = sums[0].state.job.plan
    for block in plan.layout().blocks:
        slots = slice(block.start, block.start + block.width)
        share = read_fraction(plan.scale(block.family).share_variance)
        noise = np.concatenate(
            [
                (one.combine(list(one.masked), list(one.pads)).view(np.int64) - truth)[slots]
                for one in sums
            ]
        )
        assert np.count_nonzero(noise) > len(noise) / 2
        statistic = float((noise.astype(float) ** 2).sum() / float(share * len(exact)))
        assert two_sided(statistic, len(noise)) > FALSE_ALARM


def test_no_exact_and_no_unmasked_vector_is_among_the_received_bytes(recorded, sums, exact):
    everything = recorded.everything
    layout = sums[0].state.job.plan.layout()
    for vector in [*exact.values(), sum(exact.values())]:
        for block in layout.blocks:
            part = vector[block.start : block.start + max(block.width, 2)]
            if np.count_nonzero(part) >= 2:
                assert part.tobytes() not in everything
                assert part.astype(">i8").tobytes() not in everything
    for one in sums:
        noised = one.combine(list(one.masked), list(one.pads))
        assert noised[CANARIES:].tobytes() not in everything


def test_what_travels_besides_envelopes_is_small(recorded, sums):
    """Transport: a session's number, object names and heartbeats. No vector would fit."""
    job = sums[0].state.job
    assert max(len(rest) for rest in without_envelopes(recorded.received)) < job.width * 8
