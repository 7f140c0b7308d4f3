"""Promise: the opened sum carries the planned noise, and an opened veto names nobody."""

import numpy as np
from scipy.stats import chi2, norm
from tests.support.consortium import NAMES, a_consortium, a_plan, even, exact_sum, open_sum

from foyer_protocol.catalogue.layout import CANARIES
from foyer_protocol.messages.codec import read_fraction
from foyer_protocol.rounds.helper import HelperState
from foyer_protocol.rounds.kinds.figures import exact_vector
from foyer_protocol.rounds.kinds.veto import objections

FALSE_ALARM = 1e-8


def noise_of(consortium, reporters, sums):
    """Opened sums less the exact one, shape (sums, width), in grid units."""
    rows = []
    for party in consortium.parties.values():
        party.memory = HelperState()  # no round of others before these
    for _ in range(sums):
        job = consortium.job()
        end = open_sum(consortium, job, consortium.reports(job, reporters))
        rows.append(end.aggregate - exact_sum(consortium, reporters))
    return np.array(rows)


def test_the_opened_sum_has_the_planned_noise_in_every_family_and_none_in_the_flags():
    """Two-sided z-tests of the variance; a false alarm in 10⁸ each, at 4 and at 6 reporters."""
    plan = a_plan()
    here = a_consortium(plan=plan)
    for reporters in (NAMES, NAMES[:4]):
        noise = noise_of(here, reporters, sums=25)
        assert not noise[:, : plan.layout().flags.stop].any()
        for block in plan.layout().blocks:
            share = read_fraction(plan.scale(block.family).share_variance)
            slots = noise[:, block.start : block.start + block.width].astype(float)
            ratio = (slots**2).mean() / float(share * len(reporters))
            z = (ratio - 1) / (2 / slots.size) ** 0.5
            if slots.size > 1000:  # normal enough
                assert abs(z) < norm.isf(FALSE_ALARM / 2), block.family
            else:  # few slots: the exact law of a sum of squares
                tail = chi2.cdf(ratio * slots.size, slots.size)
                assert FALSE_ALARM / 2 < tail < 1 - FALSE_ALARM / 2, block.family


PLAN = a_plan("volume.attendances", "volume.bookers", "loyalty.retention_1y")


def veto_words(consortium, objectors, sums):
    """Opened words of vetoes, shape (sums, statistics): `objectors` hold 90 %, the rest little."""
    rows = []
    big = exact_vector(PLAN, consortium.parties[objectors[0]].contribution) if objectors else None
    whole = big * 10 // 9 if objectors else exact_sum(consortium)
    layout = PLAN.layout()
    totals = tuple(int(whole[layout.slots(s.weight)][0]) for s in layout.statistics)
    for _ in range(sums):
        parent = consortium.job()  # a helper answers one veto about each
        parent_set = consortium.answers(parent, consortium.reports(parent))["aros"].ack.set
        job = consortium.veto_job(parent, totals, parent_set)
        end = open_sum(consortium, job, consortium.reports(job))
        assert end.aggregate[:CANARIES].tolist() == [6] * CANARIES
        rows.append(end.aggregate[layout.flags])
    return np.array(rows)


def with_giants(*giants):
    parts = {name: even(PLAN, 90_000 if name in giants else 3000) for name in NAMES}
    return a_consortium(contributions=parts, plan=PLAN)


def test_where_nobody_objects_every_word_is_zero():
    assert not veto_words(with_giants(), (), sums=5).any()


def test_one_objector_stops_its_figures():
    words = veto_words(with_giants("dox"), ("dox",), sums=5)
    assert words.all()
    layout_words = np.ones(PLAN.layout().flags.stop, dtype=np.int64)
    layout_words[PLAN.layout().flags] = words[0]
    assert objections(PLAN, layout_words) == set(PLAN.statistics)


def test_the_opened_words_are_uniform_whoever_objects_and_however_many():
    """χ² on half-bytes: every set of objectors gives the one distribution, and so tells no set.

    1,200 half-bytes for each; a false alarm in 10⁸ each.
    """
    for giants in (("aros",), ("folkwang",), ("dox", "ermitage"), NAMES[:3]):
        words = veto_words(with_giants(*giants), giants, sums=25)
        octets = words.view(np.uint8)
        counts = np.bincount(np.concatenate([(octets >> 4).ravel(), (octets & 15).ravel()]))
        expected = counts.sum() / 16
        assert chi2.sf(((counts - expected) ** 2 / expected).sum(), 15) > FALSE_ALARM
