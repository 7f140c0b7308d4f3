"""Houses made of the real files: three ways of counting come to the same numbers.

The node's SQL, the slow reference engine and plain sums over the published file, which
share nothing but the file. No process is started: that is `make real`.
"""

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from foyer_demo.house import type_command
from foyer_demo.network import House
from foyer_demo.real import RealOptions, run_real
from foyer_demo.real_figures import HouseFigures, read_house, read_off, slow_sums
from foyer_demo.real_houses import make_pretix, try_as_published
from foyer_demo.real_orders import make_cdnow, make_retail
from foyer_demo.real_source import PERIOD, weeks_to_period
from foyer_demo.real_theatre import make_theatre, read_receipts, split_seasons
from foyer_node.setup import make_node
from foyer_protocol.catalogue.entries import BOOKERS, TICKETS
from foyer_protocol.catalogue.measures import LeadTimes, Spend

DATA = Path(__file__).parents[3] / "shared" / "data"
needs_data = [
    pytest.mark.real,
    pytest.mark.skipif(not DATA.is_dir(), reason="no ../shared/data beside the checkout"),
]
MAKERS = (make_cdnow, make_retail, make_pretix, make_theatre)
ONE_SEASON = "theatre-1780"
"""The other two seasons are made and read by the same lines, at half a minute each."""


@dataclass(frozen=True)
class Imported:
    figures: HouseFigures
    folder: Path

    @property
    def counted(self) -> tuple[int, int, int]:
        """Tickets, minor units and bookers of the period, unclipped, by the node's SQL."""
        values = self.figures.exact.values
        spend = next(leaf for leaf in values if isinstance(leaf, Spend))
        minor = values[spend][0] * spend.step_minor
        return int(values[TICKETS][0]), int(minor), int(values[BOOKERS][0])

    @property
    def lead_times(self) -> bool:
        """Whether anybody in the house has one."""
        values = self.figures.exact.values
        return any(any(sums) for leaf, sums in values.items() if isinstance(leaf, LeadTimes))


@pytest.fixture(scope="module")
def houses(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Imported]:
    """Every house but two theatres, imported by its own node."""
    folder = tmp_path_factory.mktemp("real")
    made = [house for make in MAKERS for house in make(DATA, folder / "exports").houses]
    return {
        house.slug: imported(house, folder / house.slug)
        for house in made
        if not house.slug.startswith("theatre") or house.slug == ONE_SEASON
    }


def imported(house: House, folder: Path) -> Imported:
    make_node(folder, **house.facts)
    for export in house.exports:
        type_command("import", str(export), "--apply", folder=folder)
    return Imported(read_house(folder, house.slug), folder)


def published(*parts: str, delimiter: str = ",") -> Iterator[dict[str, str]]:
    with gzip.open(DATA.joinpath(*parts), "rt", encoding="utf-8-sig") as file:
        yield from csv.DictReader(file, delimiter=delimiter)


def theatre_by_hand() -> dict[str, tuple[int, int, int]]:
    tickets = minor = 0
    sales = "comedie_francaise_sales_1770_1782.tsv.gz"
    for row in published("ticket_sales", sales, delimiter="\t"):
        if "1780-04-04" <= row["date"] <= "1781-03-31" and row["price"]:
            tickets += int(row["sold"])
            minor += int(row["sold"]) * int(Decimal(row["price"]) * 100)
    return {ONE_SEASON: (tickets, minor, 0)}


def cdnow_by_hand() -> dict[str, tuple[int, int, int]]:
    rows = list(published("orders", "cdnow_dev70.csv.gz"))
    first: dict[str, str] = {}
    for row in rows:
        first[row["customer_id"]] = min(row["date"], first.get(row["customer_id"], "9"))
    tickets, minor, people = defaultdict(int), defaultdict(int), defaultdict(set)
    for row in rows:
        slug = f"discs-{first[row['customer_id']][4:6]}"
        if "19970701" <= row["date"] <= "19980630":
            tickets[slug] += int(row["number_of_cds"])
            minor[slug] += int(Decimal(row["dollar_value"]) * 100)
            if int(row["number_of_cds"]) < 10:
                people[slug].add(row["customer_id"])
    return {slug: (tickets[slug], minor[slug], len(people[slug])) for slug in tickets}


def retail_by_hand() -> dict[str, tuple[int, int, int]]:
    where = {"Germany": "shop-de", "France": "shop-fr", "Belgium": "shop-be", "Spain": "shop-es"}
    money: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    people = defaultdict(set)
    for row in published("orders", "Online_Retail.csv.gz"):
        at = datetime.strptime(row["InvoiceDate"], "%d-%m-%Y %H:%M")
        slug = where.get(row["Country"])
        if slug is None or row["InvoiceNo"].startswith("C") or at.date() < date(2010, 12, 14):
            continue
        line = int(row["Quantity"]) * Decimal(row["UnitPrice"])
        money[slug, row["InvoiceNo"]] += line
        people[slug] |= {row["CustomerID"]} - {""}
    found = {}
    for slug in people:
        invoices = [amount for (shop, _), amount in money.items() if shop == slug]
        found[slug] = len(invoices), int(sum(invoices) * 100), len(people[slug])
    return found


@pytest.mark.parametrize("by_hand", [theatre_by_hand, cdnow_by_hand, retail_by_hand])
class TestPublishedFiles:
    pytestmark = needs_data

    def test_tickets_money_and_bookers_are_those_of_the_published_file(
        self, by_hand, houses: dict[str, Imported]
    ) -> None:
        for slug, expected in by_hand().items():
            assert houses[slug].counted == expected, slug


class TestHouses:
    pytestmark = needs_data

    def test_pretix_has_the_bookers_tickets_and_money_of_its_paid_orders(
        self, houses: dict[str, Imported]
    ) -> None:
        assert houses["pretix"].counted == (34, 37_000, 11)

    def test_the_slow_engine_agrees_with_the_nodes_sql_on_every_sum(
        self, houses: dict[str, Imported]
    ) -> None:
        for slug, house in houses.items():
            assert slow_sums(house.folder) == house.figures.exact.values, slug

    def test_only_tickets_without_a_price_are_refused(self, houses: dict[str, Imported]) -> None:
        refused = {slug: h.figures.rejected for slug, h in houses.items() if h.figures.rejected}
        assert refused == {ONE_SEASON: {"bad-amount": 450 + 137}}

    def test_only_what_a_file_has_columns_for_is_contributed_to(
        self, houses: dict[str, Imported]
    ) -> None:
        def givers(key: str) -> set[str]:
            return {slug for slug, h in houses.items() if h.figures.clipped.contributes[key]}

        assert givers("volume.attendances") == set(houses)
        assert givers("volume.bookers") == set(houses) - {ONE_SEASON}
        assert givers("booking.lead_time") == set(houses)  # a column, which only pretix fills
        assert {slug for slug, h in houses.items() if h.lead_times} == {"pretix"}
        assert givers("geography.residence") == {"pretix"}
        assert givers("loyalty.retention_1y") == givers("loyalty.first_time_share") == set()

    def test_an_average_price_is_money_over_paid_tickets(self, houses: dict[str, Imported]) -> None:
        price = read_off(houses[ONE_SEASON].figures.exact.values).values[
            "money.average_ticket_price"
        ]
        tickets, minor, _ = houses[ONE_SEASON].counted
        assert price == Fraction(minor, 100 * tickets)  # every ticket of the season was paid


class TestPreparing:
    pytestmark = needs_data

    def test_a_published_file_that_is_neither_sales_nor_counts_is_refused(
        self, tmp_path: Path
    ) -> None:
        verdicts = {v.file.name: v.words for v in try_as_published(DATA, tmp_path)}
        read = {name: words for name, words in verdicts.items() if "by connector" in words}
        assert read == {
            "orderlist_positions_da_semicolon.csv": "57 of 57 rows, by connector pretix",
            "bristol_visitors.csv.gz": "6766 of 6845 rows, by connector counters",
            "france_museums_2001_2013.csv.gz": "13162 of 13162 rows, by connector counters",
        }
        for name in read:
            del verdicts[name]
        assert len(verdicts) == 3
        assert all(words.startswith("refused [connector]") for words in verdicts.values())

    def test_the_theatre_has_twelve_seasons_from_one_easter_to_the_next(self) -> None:
        seasons = split_seasons(read_receipts(DATA))
        assert [season[0].night.year for season in seasons] == list(range(1770, 1782))
        assert sum(map(len, seasons)) == 23_808


@pytest.mark.parametrize("last", [date(1782, 3, 16), date(1998, 6, 30), date(2011, 12, 9)])
def test_a_shift_keeps_weekdays_and_ends_in_the_last_week_of_the_period(last: date) -> None:
    there = last + weeks_to_period(last)
    assert there.weekday() == last.weekday()
    assert PERIOD.ends - timedelta(days=7) <= there < PERIOD.ends


def test_without_the_real_files_nothing_is_started_and_the_status_is_40(tmp_path: Path) -> None:
    said: list[str] = []
    folder = tmp_path / "run"
    status = run_real(RealOptions(data=tmp_path / "absent", folder=folder), said.append)
    assert status == 40
    assert "nothing was started" in said[0]
    assert not folder.exists()
