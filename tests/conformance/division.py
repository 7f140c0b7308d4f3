"""The division of reporters, by lot and by a fact: its vectors and what they ask."""

from typing import Any

from tests.conformance import material as m

from foyer_protocol.catalogue.cohorts import cohorts_with
from foyer_protocol.catalogue.grid import Dimension
from foyer_protocol.messages.plan import Job, Plan
from foyer_protocol.messages.roster import Member, Roster
from foyer_protocol.rounds.cohorts import cohorts_of, path_in
from foyer_protocol.rounds.grouping import divide, unmask_groups

Fields = dict[str, Any]
Step = tuple[str, Fields, str]

VIOLATION = "protocol-violation"
SET = "ab" * 32


def divide_names(given: Fields) -> Fields:
    """Who is in which group."""
    groups = divide(given["set"], given["names"], given["groups"])
    return {"groups": [list(group) for group in groups]}


def open_groups(given: Fields) -> Fields:
    """The sums of the groups; `masked` is by institution, `pads` by helper."""
    job = Job.from_json(given["job"].encode())
    parts = unmask_groups(
        job,
        divide(given["set"], given["masked"], job.groups),
        {name: bytes.fromhex(vector) for name, vector in given["masked"].items()},
        [bytes.fromhex(vector) for vector in given["pads"]],
    )
    return {"sums": [part.tolist() for part in parts]}


def cohorts(given: Fields) -> Fields:
    """The cohorts that reporters make, and which of them hold each one."""
    roster = Roster.from_json(given["roster"].encode())
    plan, names = Plan.from_json(given["plan"].encode()), given["names"]
    found = cohorts_of(roster, plan, names)
    labels = [(one.code, one.rest) for one in found[1:]]
    held = {name: cohorts_with(labels, path_in(roster, plan.cohorts, name)) for name in names}
    return {
        "cohorts": [[one.code, one.rest, one.parent, list(one.members)] for one in found],
        "held": {name: list(places) for name, places in held.items()},
    }


def _cohort_vectors() -> dict[str, tuple[str, list[Step]]]:
    """A roster with facts, a plan by territory, and who is in which cohort."""
    codes = ["DK01", "DK02", "DK01", "DK01", "FRK2", "FRJ1", "FR", "DEA", "", "DK03", "DK02"]
    known = [one.model_copy(update={"territory": "SE11"}) for one in m.roster().members]
    more = [
        Member(institution=f"house-{place:02}", signing_key=m.stream(f"key/{place}", 32).hex(),
               territory=code)
        for place, code in enumerate(codes)
    ]  # fmt: skip
    members = sorted((*known, *more), key=lambda one: one.institution)
    roster = m.roster().model_copy(update={"members": tuple(members)}).to_json().decode()
    names = [one.institution for one in members]
    by = [_plan(cohorts=Dimension.TERRITORY, minimum_cohort=least) for least in (3, 4, 5)]
    text = by[1].to_json().decode()
    question = _plan(cohorts=None).to_json().decode()
    both = text.replace('"minimum_cohort"', '"groups":2,"minimum_cohort"')
    unknown = text.replace('"territory"', '"colour"')
    written = question.replace('"colluding"', '"cohorts":null,"colluding"')
    return {
        "plan_by_cohort": (
            "A plan that divides its reporters by the territory of their venue.",
            [
                ("read-message", {"kind": "Plan", "text": text}, ""),
                ("check-plan", {"plan": text}, ""),
                ("plan-digest", {"plan": text}, ""),
            ],
        ),
        "bad_plan_cohorts_unknown": (
            "No dimension of that name is on the grid.",
            [("read-message", {"kind": "Plan", "text": unknown}, VIOLATION)],
        ),
        "bad_plan_cohorts_written": (
            "No dimension is not written.",
            [("read-message", {"kind": "Plan", "text": written}, VIOLATION)],
        ),
        "bad_plan_divided_twice": (
            "By lot or by a fact, not by both.",
            [("read-message", {"kind": "Plan", "text": both}, VIOLATION)],
        ),
        "roster_with_facts": (
            "Facts that are not known are not written.",
            [("read-message", {"kind": "Roster", "text": roster}, "")],
        ),
        "cohorts": (
            "What is too small is rolled up, to the whole if need be.",
            [
                ("cohorts", {"roster": roster, "plan": one.to_json().decode(), "names": some}, "")
                for one in by
                for some in (names, names[3:], names[:4])
            ],
        ),
    }


def vectors() -> dict[str, tuple[str, list[Step]]]:
    """Plans that divide, who comes to which group, and what opens."""
    divided = _plan(groups=2)
    job = m.job().model_copy(update={"plan": divided})
    text, alone = divided.to_json().decode(), _plan().to_json().decode()
    written = alone.replace('"minimum_cohort"', '"groups":1,"minimum_cohort"')
    many = text.replace('"groups":2', '"groups":9')
    size = job.width * job.bits // 8
    opened = {
        "job": job.to_json().decode(),
        "set": SET,
        "masked": {name: m.stream(f"masked/{name}", size).hex() for name in m.NAMES},
        "pads": [m.stream(f"pads/{name}", 2 * size).hex() for name in m.NAMES],
    }
    names = [f"house-{number}" for number in range(10, 21)]
    held = {"job": job.to_json().decode(), "roster": m.roster().to_json().decode()}
    return {
        **_cohort_vectors(),
        "plan_divided": (
            "A plan that divides its reporters, with the noise of one that does not.",
            [
                ("read-message", {"kind": "Plan", "text": text}, ""),
                ("check-plan", {"plan": text}, ""),
                ("plan-digest", {"plan": text}, ""),
            ],
        ),
        "bad_plan_division_written": (
            "A division into one is not written.",
            [("read-message", {"kind": "Plan", "text": written}, VIOLATION)],
        ),
        "bad_plan_division_many": (
            "More groups than there may be.",
            [("read-message", {"kind": "Plan", "text": many}, VIOLATION)],
        ),
        "bad_job_division": (
            "The roster has five members, and two groups need eight.",
            [("check-job", held, "cohort-too-small")],
        ),
        "division": (
            "Ranked by a digest of the set and the name, dealt in turn.",
            [
                ("divide", {"set": SET, "names": names, "groups": groups}, "")
                for groups in (1, 2, 3, 8)
            ],
        ),
        "unmask_groups": (
            "Each group's vectors less each helper's pads for it.",
            [("unmask-groups", opened, "")],
        ),
        "bad_unmask_groups": (
            "A helper answered with the pads of one group.",
            [("unmask-groups", {**opened, "pads": [m.stream("pads", size).hex()]}, VIOLATION)],
        ),
    }


def _plan(**changes: object) -> Plan:
    return Plan.model_validate({**m.plan().model_dump(), **changes})
