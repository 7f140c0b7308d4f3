"""The division of a cohort into groups: its vectors and what they ask."""

from typing import Any

from tests.conformance import material as m

from foyer_protocol.messages.plan import Job, Plan
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
    parts = unmask_groups(
        Job.from_json(given["job"].encode()),
        given["set"],
        {name: bytes.fromhex(vector) for name, vector in given["masked"].items()},
        [bytes.fromhex(vector) for vector in given["pads"]],
    )
    return {"sums": [part.tolist() for part in parts]}


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
