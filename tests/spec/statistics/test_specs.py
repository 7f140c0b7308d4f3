"""Each statistic gives, on rows a curator can read, the answer worked out by hand.

The tables are the Markdown files beside this one. Both engines are asked.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

import pytest
from tests.support.eligible_lines import DuckLines, imported

from foyer_node.engine import reference
from foyer_node.engine.extract import Extractor
from foyer_node.engine.facts import ImportFacts
from foyer_node.engine.totals import ExactTotals
from foyer_node.insight.own_figures import own_figures
from foyer_protocol.catalogue.contribution import Contribution
from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.catalogue.evaluate import evaluate
from foyer_protocol.catalogue.layout import lay_out
from foyer_protocol.catalogue.measures import Leaf, Need, Residence
from foyer_protocol.catalogue.schema import EligibleLine, Period
from foyer_protocol.catalogue.statistic import Statistic

FOLDER = Path(__file__).parent
PERIOD = Period(starts=date(2026, 1, 1), ends=date(2027, 1, 1))
SINCE, UNTIL, WITH = "2020-01-01", "2027-01-01", ", ".join(Need)
COLUMNS = [
    "visitor", "kind", "order", "ordered", "event",
    "tickets", "paid", "channel", "territory", "why",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    statistic: Statistic
    title: str
    facts: ImportFacts
    lines: tuple[EligibleLine, ...]
    answers: dict[str, str]


def read_cases(path: Path) -> list[Case]:
    statistic = CATALOGUE[path.stem]
    _, *sections = path.read_text(encoding="utf-8").split("\n## ")
    return [read_case(statistic, section) for section in sections]


def read_case(statistic: Statistic, section: str) -> Case:
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in section.splitlines()
        if line.startswith("|")
    ]
    assert rows[0] == COLUMNS
    said = dict(re.findall(r"^Imported (since|until|with): (.+)$", section, re.MULTILINE))
    return Case(
        statistic=statistic,
        title=section.splitlines()[0],
        facts=imported(
            date.fromisoformat(said.get("since", SINCE)),
            date.fromisoformat(said.get("until", UNTIL)),
            provides=map(Need, said.get("with", WITH).split(", ")),
        ),
        lines=tuple(read_line(dict(zip(COLUMNS, row, strict=True))) for row in rows[2:]),
        answers=dict(re.findall(r"^- (\w+): (.*)$", section, re.MULTILINE)),
    )


def read_line(row: dict[str, str]) -> EligibleLine:
    assert row["kind"] in {"person", "group"}
    assert row["channel"] in {"web", "app", "desk", "phone"}
    visitor = None if row["visitor"] == "-" else row["visitor"]
    return EligibleLine(
        unit=visitor or f"o:{row['order']}",
        visitor=visitor,
        person=row["kind"] == "person",
        order=row["order"],
        ordered_at=datetime.fromisoformat(row["ordered"]),
        event_at=None if row["event"] == "-" else datetime.fromisoformat(row["event"]),
        quantity=int(row["tickets"]),
        paid_minor=int(Fraction(row["paid"]) * 100),
        online=row["channel"] in {"web", "app"},
        territory=row["territory"],
    )


def expected_sums(case: Case) -> dict[Leaf, tuple[int, ...]]:
    if "Sums" in case.answers:
        numbers = case.answers["Sums"].split(", ")
        return {leaf: (int(n),) for leaf, n in zip(case.statistic.leaves, numbers, strict=True)}
    (leaf,) = case.statistic.leaves
    named = re.findall(r"(\S+) is (\d+)", case.answers.get("Cells") or case.answers["Slots"])
    codes = leaf.codes if isinstance(leaf, Residence) else tuple(map(str, range(leaf.width)))
    counts = {name: int(count) for name, count in named}
    assert counts.keys() <= set(codes)
    return {leaf: tuple(counts.get(code, 0) for code in codes)}


def expected_number(answer: str) -> Fraction | None:
    return None if answer == "none" else Fraction(answer)


CASES = [case for path in sorted(FOLDER.glob("*.*.md")) for case in read_cases(path)]
each_case = pytest.mark.parametrize(
    "case", CASES, ids=[f"{case.statistic.key}: {case.title}" for case in CASES]
)
each_engine = pytest.mark.parametrize("engine", ["duckdb", "reference"])


def extract(case: Case, engine: str) -> tuple[Contribution, ExactTotals]:
    layout = lay_out((case.statistic,))
    if engine == "duckdb":
        extractor = Extractor(DuckLines(case.lines, case.facts))
        return extractor.extract(layout, PERIOD), extractor.extract_exact(layout, PERIOD)
    given = (case.lines, layout, PERIOD, case.facts)
    return reference.contribution(*given), reference.exact_totals(*given)


def test_every_entry_has_a_spec_and_every_spec_an_entry():
    assert {case.statistic.key for case in CASES} == set(CATALOGUE)


@each_engine
@each_case
def test_the_clipped_sums_are_those_worked_out_by_hand(case, engine):
    contribution, _ = extract(case, engine)
    assert contribution.values == expected_sums(case)
    assert contribution.contributes == {case.statistic.key: case.answers["Contributes"] == "yes"}


@each_case
def test_the_number_read_off_the_sums_is_the_one_worked_out_by_hand(case):
    found = evaluate(case.statistic, expected_sums(case))
    assert found.value == expected_number(case.answers["Released"])
    assert (found.cells is not None) == ("Cells" in case.answers)


@each_engine
@each_case
def test_a_house_sees_its_own_figure_exactly_and_without_caps(case, engine):
    _, exact = extract(case, engine)
    (figure,) = own_figures(lay_out((case.statistic,)), exact, PERIOD, case.facts)
    wanted = expected_number(case.answers["Own"])
    assert figure.value == (None if wanted is None else float(wanted))
    hidden = figure.value is None and figure.cells is None
    assert figure.reason == case.answers.get("Absent", "")
    assert bool(figure.reason) is hidden
