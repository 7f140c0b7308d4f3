"""Promise: a large file is imported at once, and what is in the store is the same to the row."""

import csv
import random
import tempfile
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.both_ways import ALWAYS, NEVER, assert_same, imported
from tests.support.exports import SECRET, House, usual

from foyer_node.importing import pipeline
from foyer_node.importing.columns import order_key
from foyer_node.importing.keys import keyed_hash
from foyer_node.importing.places import Places
from foyer_node.territories.lookup import locate
from foyer_protocol.errors import QuarantineTooLarge

HEADER = (
    "Ordrenr.", "Købsdato", "Forestilling", "Spilledato", "Antal", "Beløb", "E-mail", "Kundenr.",
    "Postnr.", "Land", "Salgskanal", "Billettype", "Status", "Fødselsår", "Billetnr.", "Scannet",
)  # fmt: skip
CANARY = "canary7f3a"


def sales(rows=960, seed=7):
    """A season of a house, with everything in it that exports have in them."""
    chance = random.Random(seed)
    opening = datetime(2024, 9, 1)
    made = []
    for number in range(rows):
        order = number // 2
        of_order = random.Random(f"{seed} {order}")
        at = opening + timedelta(minutes=of_order.randrange(700 * 1440))
        who = of_order.randrange(300)
        event = of_order.randrange(12)
        made.append([
            f"A-{order}", at.strftime("%d-%m-%Y %H:%M:%S"), f"Forestilling {event}",
            (opening + timedelta(days=60 * event, hours=20)).strftime("%d-%m-%Y %H:%M:%S"),
            str(chance.choice((1, 2, 2, 4, 11))), chance.choice(("350,00", "1.200,50", "0", "95")),
            of_order.choice(("", f"{CANARY}.{who}@example.org", f"Bo <{who}@Example.ORG>",
                             "info@firma.example", f"{who}@staff.example")),
            of_order.choice(("", "", f"K{who}", "0")), of_order.choice(("2100", "8000", "", "x1")),
            of_order.choice(("", "DK", "Sverige", "Frankrig")),
            of_order.choice(("Netbutik", "Billetluge", "Månen", "")),
            chance.choice(("Voksen", "Studerende", "Skole", "Gavekort", "Personale", "")),
            chance.choice(("Solgt", "Solgt", "Refunderet", "Brugt", "")),
            of_order.choice(("1984", "", "2030", "01-01-1970")), f"T{number}",
            chance.choice(("", at.strftime("%d-%m-%Y %H:%M:%S"))),
        ])  # fmt: skip
    return made


def spoil(rows):
    """Rows that are refused, and rows that are read the long way."""
    rows[3][4] = "0"
    rows[40][1] = "i går"
    rows[77][0] = ""
    rows[78][5] = "gratis"
    rows[120][12] = "Forsvundet"
    rows[200][0] = f" {rows[200][0]} "
    rows[300][1] = "2025-03-30 02:15"
    rows[301][1] = "26-10-2025 02:30:00"
    rows[400][3] = ""
    rows[501][14] = rows[500][14]
    rows[501][0] = rows[500][0]
    return rows


def written(path, rows, header=HEADER):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerows([header, *rows])
    return path


@pytest.fixture
def counted(monkeypatch):
    """How many rows were staged at once."""
    taken = []
    stage = pipeline.Tally.add

    def add(tally, counts):
        taken.append(counts.numbers["sales"])
        stage(tally, counts)

    monkeypatch.setattr(pipeline.Tally, "add", add)
    return taken


OPTIONS = {
    "usual": usual(today=datetime(2026, 11, 24).date()),
    "with-staff": replace(
        usual(today=datetime(2026, 11, 24).date()),
        rules=pipeline.HouseRules(
            domains=replace(pipeline.HouseRules().domains, staff=frozenset({"staff.example"}))
        ),
    ),
}


@pytest.mark.parametrize("name", OPTIONS)
@pytest.mark.parametrize("spoilt", [False, True], ids=["sound", "spoilt"])
def test_the_store_is_the_same_as_when_it_is_read_row_by_row(
    tmp_path, monkeypatch, counted, name, spoilt
):
    rows = spoil(sales()) if spoilt else sales()
    path = written(tmp_path / "export.csv", rows)
    alone = imported(tmp_path / "alone", path, monkeypatch, NEVER, OPTIONS[name])
    assert counted == []
    at_once = imported(tmp_path / "at-once", path, monkeypatch, ALWAYS, OPTIONS[name])
    assert counted
    assert counted[0] > 0.9 * len(rows)
    assert_same(at_once, alone)


def test_six_columns_and_anonymous_sales_are_taken_at_once(tmp_path, monkeypatch, counted):
    rows = [row[:6] for row in sales()]
    path = written(tmp_path / "export.csv", rows, HEADER[:6])
    alone = imported(tmp_path / "alone", path, monkeypatch, NEVER, OPTIONS["usual"])
    at_once = imported(tmp_path / "at-once", path, monkeypatch, ALWAYS, OPTIONS["usual"])
    assert counted == [len(rows)]
    assert_same(at_once, alone)


def test_a_second_file_supersedes_the_first_in_bulk_too(tmp_path, monkeypatch, counted):
    first = written(tmp_path / "first.csv", sales())
    later = sales()
    for row in later[::3]:
        row[12] = "Refunderet"
    second = written(tmp_path / "second.csv", later[200:])
    found = {}
    for name, large in (("alone", NEVER), ("at-once", ALWAYS)):
        imported(tmp_path / name, first, monkeypatch, large, OPTIONS["usual"])
        found[name] = imported(tmp_path / name, second, monkeypatch, large, OPTIONS["usual"])
    assert len(counted) == 2
    assert_same(found["at-once"], found["alone"])


def test_a_refund_row_anywhere_sends_the_file_the_long_way(tmp_path, monkeypatch, counted):
    rows = sales()
    rows[900][4], rows[900][5], rows[900][12] = "-1", "-95", ""
    path = written(tmp_path / "export.csv", rows)
    alone = imported(tmp_path / "alone", path, monkeypatch, NEVER, OPTIONS["usual"])
    at_once = imported(tmp_path / "at-once", path, monkeypatch, ALWAYS, OPTIONS["usual"])
    assert counted == []
    assert_same(at_once, alone)


def test_too_many_refused_rows_change_nothing_in_bulk(tmp_path, monkeypatch):
    rows = sales(400)
    for row in rows[::3]:
        row[12] = "Forsvundet"
    path = written(tmp_path / "export.csv", rows)
    monkeypatch.setattr(pipeline, "LARGE_BYTES", ALWAYS)
    house = House.open(tmp_path, path)
    before = house.contents()
    with pytest.raises(QuarantineTooLarge) as refusal:
        house.take(path, OPTIONS["usual"])
    assert CANARY not in f"{refusal.value!r} {refusal.value.message}"
    assert house.contents() == before
    house.close()


def test_no_other_file_can_be_read_by_the_store_that_reads_an_export(tmp_path):
    path = written(tmp_path / "export.csv", sales(10))
    other = written(tmp_path / "other.csv", sales(10))
    house = House.open(tmp_path, path)
    run = house.store._connection.execute
    assert run(f"SELECT count(*) FROM read_csv('{path}')").fetchone() == (10,)
    for wanted in (other, Path("/etc/passwd")):
        with pytest.raises(Exception, match="disabled by configuration"):
            run(f"SELECT * FROM read_csv('{wanted}')")
    house.close()


def test_what_the_house_decided_of_words_holds_in_bulk_too(tmp_path, monkeypatch, counted):
    path = written(tmp_path / "export.csv", spoil(sales()))

    def decide(house):
        for kind, label, code in (
            ("CHANNEL", "Månen", "PHONE"),
            ("PRICE_CLASS", "Studerende", "SOCIAL"),
            ("DISCIPLINE", "Forestilling 3", "OPERA"),
            ("EVENT_STATUS", "Forestilling 4", "EventCancelled"),
        ):
            house.store._connection.execute(
                "INSERT INTO mapping_rule VALUES ('generic', ?, ?, ?, TIMESTAMP '2026-01-01')",
                [kind, label, code],
            )

    alone = imported(tmp_path / "alone", path, monkeypatch, NEVER, OPTIONS["usual"], decide)
    at_once = imported(tmp_path / "at-once", path, monkeypatch, ALWAYS, OPTIONS["usual"], decide)
    assert counted
    assert "PHONE" in repr(alone[1]["store.order"])
    assert_same(at_once, alone)


def test_nobody_who_was_erased_comes_back_with_a_large_file(tmp_path, monkeypatch, counted):
    path = written(tmp_path / "export.csv", sales())

    def erase(house):
        house.vault.suppress(
            [("EMAIL_HMAC", keyed_hash(SECRET, "EMAIL_HMAC", f"{CANARY}.7@example.org"))],
            datetime(2026, 11, 1),
        )
        house.store._connection.execute(
            "INSERT INTO suppressed_order SELECT ?::UUID", [order_key(SECRET, "generic", "A-3")]
        )

    alone = imported(tmp_path / "alone", path, monkeypatch, NEVER, OPTIONS["usual"], erase)
    at_once = imported(tmp_path / "at-once", path, monkeypatch, ALWAYS, OPTIONS["usual"], erase)
    assert counted == []
    assert_same(at_once, alone)


def test_a_venue_that_lies_elsewhere_is_where_homes_are_seen_from(tmp_path, monkeypatch, counted):
    header = (*HEADER, "Spillested")
    rows = [
        [*row, ("Store Scene", "Gæstespil", "STORE SCENE")[n % 3]] for n, row in enumerate(sales())
    ]
    path = written(tmp_path / "export.csv", rows, header)
    usual = OPTIONS["usual"]
    away = replace(
        usual,
        reading=replace(usual.reading, columns={"venue": "Spillested"}),
        rules=pipeline.HouseRules(
            places=Places(house=("DK", "2100"), venues={"gæstespil": ("DK", "8000")}, locate=locate)
        ),
    )
    alone = imported(tmp_path / "alone", path, monkeypatch, NEVER, away)
    at_once = imported(tmp_path / "at-once", path, monkeypatch, ALWAYS, away)
    assert counted == [len(rows)]
    assert len({row[-1] for row in alone[1]["store.venue"]}) > 1
    assert_same(at_once, alone)


def test_packages_are_taken_at_once(tmp_path, monkeypatch, counted):
    header = (*HEADER, "Pakke")
    rows = [[*row, "" if n % 4 > 1 else f"P{n // 4}"] for n, row in enumerate(sales())]
    path = written(tmp_path / "export.csv", rows, header)
    usual = OPTIONS["usual"]
    told = replace(usual, reading=replace(usual.reading, columns={"package_id": "Pakke"}))
    alone = imported(tmp_path / "alone", path, monkeypatch, NEVER, told)
    at_once = imported(tmp_path / "at-once", path, monkeypatch, ALWAYS, told)
    assert counted == [len(rows)]
    assert_same(at_once, alone)


DIRT = (
    "", " ", " A-1", "A-2 ", "\u00a0x", "-1", "0", "1,00", "1/2/2025", "2025-11-14", "12-11-2025",
    "12-11-2025 9:30", "31-02-2025 10:00:00", "01-06-1650 10:00:00", "02-06-1865 19:00:00",
    "01-01-2025 10:00:0 ", "n/a", "(15,00)", "say \"x\"", "Ny kanal", "24:00", "é" * 20, "1.234,5",
    "Bo <bo@example.org>", "BO@example.org", "bo@example.org", "K7", "2030", "K7", "gave;kort",
)  # fmt: skip


@st.composite
def dirty(draw):
    """A season with anything anywhere, rows that come twice, and lines that no writer writes."""
    rows = sales(60, seed=draw(st.integers(0, 5)))
    for _ in range(draw(st.integers(0, 12))):
        row = draw(st.integers(0, len(rows) - 1))
        rows[row][draw(st.integers(0, len(HEADER) - 1))] = draw(st.sampled_from(DIRT))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(rows) - 1))
        rows.insert(at, list(rows[at]))
    for _ in range(draw(st.integers(0, 2))):  # a column is left empty
        column = draw(st.sampled_from((3, 6, 7, 10, 14)))
        for row in rows:
            row[column] = ""
    width = draw(st.sampled_from((6, 7, 8, 14, len(HEADER))))
    spoilt = draw(st.sampled_from(("", "", "", '1;"a"b;3\n', "\n", ";;;\r;;\n", 'x"y;2\n')))
    return [row[:width] for row in rows], HEADER[:width], spoilt


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(dirty(), st.sampled_from((7, 20, 20_000)))
def test_whatever_is_in_a_file_the_store_is_the_same(monkeypatch, made, chunk_rows):
    rows, header, spoilt = made
    monkeypatch.setattr(pipeline, "CHUNK_ROWS", chunk_rows)
    with tempfile.TemporaryDirectory() as name:
        path = written(Path(name, "export.csv"), rows, header)
        with path.open("a", encoding="utf-8", newline="") as file:
            file.write(spoilt)
        options = replace(OPTIONS["usual"], most_rejected_share=0.9)
        alone = imported(Path(name, "alone"), path, monkeypatch, NEVER, options)
        at_once = imported(Path(name, "at-once"), path, monkeypatch, ALWAYS, options)
        assert_same(at_once, alone)
