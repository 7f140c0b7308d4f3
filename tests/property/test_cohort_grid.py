"""Promise: everybody works out the same cohorts, none is too small, and together they are all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foyer_protocol.catalogue.cohorts import (
    cohorts_with,
    finest,
    lacking,
    parts_of,
    roll_up,
)
from foyer_protocol.catalogue.grid import PARENTS, WHOLE, Dimension, path_of
from foyer_protocol.catalogue.regions import REGION_CODES

codes = {one: sorted(PARENTS[one]) for one in Dimension}


@st.composite
def networks(draw):
    """The paths of some institutions in one dimension, and a minimum cohort."""
    dimension = draw(st.sampled_from(Dimension))
    some = draw(st.lists(st.sampled_from(codes[dimension]), min_size=1, max_size=8))
    told = draw(st.lists(st.sampled_from([*some, ""]), min_size=1, max_size=40))
    paths = {f"house-{n}": path_of(dimension, code) for n, code in enumerate(told)}
    return paths, draw(st.integers(2, 8))


@given(networks())
def test_no_cohort_is_below_the_minimum_unless_it_is_everybody(network):
    paths, least = network
    whole, *others = roll_up(paths, least)
    assert (whole.code, whole.members) == (WHOLE, tuple(sorted(paths)))
    assert all(len(cohort.members) >= least for cohort in others)


@given(networks())
def test_the_finest_cohorts_divide_everybody_and_the_others_are_unions_of_them(network):
    paths, least = network
    cohorts = roll_up(paths, least)
    counted = [name for place in finest(cohorts) for name in cohorts[place].members]
    assert sorted(counted) == sorted(paths)
    for place, cohort in enumerate(cohorts):
        parts = parts_of(cohorts, place)
        assert sorted(n for part in parts for n in cohorts[part].members) == list(cohort.members)
        assert len(parts) != 2 or place not in parts
        assert cohort.parent < place


@given(networks(), st.randoms())
def test_neither_order_nor_names_decide_anything_but_ties(network, random):
    paths, least = network
    shuffled = list(paths.items())
    random.shuffle(shuffled)
    assert roll_up(dict(shuffled), least) == roll_up(paths, least)


@given(networks())
def test_an_institution_finds_its_cohorts_without_knowing_the_others(network):
    paths, least = network
    cohorts = roll_up(paths, least)[1:]
    labels = [(cohort.code, cohort.rest) for cohort in cohorts]
    assert len(set(labels)) == len(labels)
    for name, path in paths.items():
        held = tuple(place for place, one in enumerate(cohorts) if name in one.members)
        assert cohorts_with(labels, path) == held


def test_a_region_too_small_joins_the_rest_of_its_country():
    told = ["DK01"] * 5 + ["DK02"] * 2 + ["DK03"] * 3 + ["SE11"] * 4
    paths = {f"house-{n:02}": path_of(Dimension.TERRITORY, code) for n, code in enumerate(told)}
    found = [(one.code, one.rest, len(one.members)) for one in roll_up(paths, 4)]
    assert found == [
        ("ALL", False, 14), ("DK", False, 10), ("DK", True, 5), ("DK01", False, 5),
        ("SE11", False, 4),
    ]  # fmt: skip


def test_whoever_told_nothing_is_in_no_cohort_but_the_rest():
    paths = {f"house-{n}": ("XS-S", "S") if n < 6 else () for n in range(10)}
    assert [(one.code, one.rest) for one in roll_up(paths, 4)][1:] == [("ALL", True), ("S", False)]
    assert len(roll_up(paths, 5)) == 1  # four are too few, and taking six in leaves nobody


@pytest.mark.parametrize("code", [code for code in REGION_CODES[:-2] if not code.startswith("CA")])
def test_every_region_of_residence_is_a_territory_of_a_venue_below_its_country(code):
    path = path_of(Dimension.TERRITORY, code)
    assert path[-1] == code
    assert path[0] == {"UK": "GB"}.get(code[:2], code[:2])


@pytest.mark.parametrize("dimension", Dimension)
def test_every_code_leads_to_the_top(dimension):
    assert all(path_of(dimension, code)[-1] == code for code in PARENTS[dimension])
    assert WHOLE not in PARENTS[dimension]


def test_a_code_off_the_grid_has_no_path():
    assert path_of(Dimension.DISCIPLINE, "MUSEUM_ART") == ()
    assert path_of(Dimension.TERRITORY, "DK9") == ()
    assert path_of(Dimension.TERRITORY, "AT") == ("AT",)


def test_what_a_cohort_lacks_is_said_by_code():
    told = ["MUSEUM_ART"] * 3 + ["MUSEUM_OTHER", "THEATRE"]
    paths = {f"house-{n}": path_of(Dimension.TYPE, code) for n, code in enumerate(told)}
    assert lacking(paths, 5) == {
        "MUSEUM": 1, "MUSEUM_ART": 2, "MUSEUM_OTHER": 4, "PERFORMING": 4, "STAGES": 4,
        "THEATRE": 4, "VISITED": 1,
    }  # fmt: skip
