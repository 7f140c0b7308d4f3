"""The commands that take a visitor out: nobody is named on the command line or in a receipt."""

import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from foyer_node.app import reading_store
from foyer_node.cli import app
from foyer_node.config import CONFIG_NAME, read_config
from foyer_node.holdings import open_for_writing
from foyer_node.setup import FileHints, import_export, make_node

HEADER = "order no,order date,event,event date,qty,amount,email,customer no,zip,price type\n"
ADA = "ada.lovelace@example.org"
ROWS = (
    f"A1,2026-01-14 10:00,Hamlet,2026-02-20 20:00,2,40.00,{ADA},7001,2100,Adult",
    "B1,2026-01-16 12:00,Hamlet,2026-02-20 20:00,1,20.00,bo@example.org,7002,2100,Adult",
    "C1,2026-02-30 12:00,Hamlet,2026-02-20 20:00,5,20.00,cy@example.org,7003,2100,Adult",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "node"
    make_node(folder, slug="kanal", name="Kanal", country="DK", timezone="Europe/Copenhagen",
              currency="DKK")  # fmt: skip
    export = tmp_path / "x.csv"
    export.write_text(HEADER + "\n".join((*ROWS, *ROWS[1:2] * 9)) + "\n")
    import_export(read_config(folder), export, apply=True, hints=FileHints())
    return folder


def run(folder: Path, *words: str, told: str = "") -> str:
    done = CliRunner().invoke(app, [*words, "--dir", str(folder)], input=told)
    assert done.exit_code == 0, done.output
    return done.output


def tickets(folder: Path) -> int:
    with reading_store(read_config(folder)) as store:
        return store.execute_measure("SELECT sum(quantity)::BIGINT FROM eligible_line", ())[0][0]


def test_an_erasure_names_nobody_on_the_screen_or_in_its_receipt(folder: Path) -> None:
    said = run(folder, "erase", told=f"{ADA}\n")
    assert said.startswith("erased; the receipt is erasures/")
    (receipt,) = (folder / "erasures").iterdir()
    told = receipt.name + receipt.read_text() + said
    assert "ada" not in told.lower()
    assert "7001" not in told
    assert json.loads(receipt.read_text())["was_known"] is True
    assert run(folder, "erase", told=f"{ADA}\n").startswith("was erased on ")


def test_nobody_known_leaves_no_receipt(folder: Path) -> None:
    assert run(folder, "erase", told="x@y.dk\n").startswith("nobody is known")
    assert not (folder / "erasures").exists()


def test_an_objection_takes_a_visitor_out_of_the_figures(folder: Path) -> None:
    before = tickets(folder)
    assert run(folder, "object", told=f"{ADA}\n") == "left out from now on\n"
    assert tickets(folder) == before - 2


def test_refused_rows_are_written_corrected_and_taken(folder: Path, tmp_path: Path) -> None:
    before, rows = tickets(folder), tmp_path / "rows.csv"
    batch = run(folder, "refused").split()[0]
    assert run(folder, "refused", batch, "--write", str(rows)) == "1 rows to correct\n"
    assert rows.stat().st_mode & 0o077 == 0
    rows.write_text(rows.read_text(encoding="utf-8-sig").replace("2026-02-30", "2026-02-13"))
    assert run(folder, "replay", batch, str(rows)) == "1 rows taken, 0 still refused\n"
    assert tickets(folder) == before + 5
    assert run(folder, "refused") == ""


def test_a_file_of_something_else_is_no_correction(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text(HEADER)
    batch = run(folder, "refused").split()[0]
    done = CliRunner().invoke(app, ["replay", batch, str(other), "--dir", str(folder)])
    assert done.exit_code == 10
    assert "not a file of refused rows" in done.output


def test_sales_past_their_age_go_with_the_next_import_and_by_command(
    folder: Path, tmp_path: Path
) -> None:
    assert run(folder, "retain") == "nothing is deleted by age here\n"
    settings = (folder / CONFIG_NAME).read_text()
    (folder / CONFIG_NAME).write_text(
        settings.replace("[data]\n", "[data]\nretention_months = 12\n")
    )
    export = tmp_path / "new.csv"
    export.write_text(HEADER + ROWS[0].replace("A1", "Z1").replace("2026-01-14", "2020-01-14"))
    import_export(read_config(folder), export, apply=True, hints=FileHints())
    with reading_store(read_config(folder)) as store:
        assert list(store.lines(date(2020, 1, 1), date(2021, 1, 1))) == []
    assert run(folder, "retain").startswith("kept from ")


def test_a_preview_says_what_has_changed_and_changes_nothing(folder: Path, tmp_path: Path) -> None:
    before, export = tickets(folder), tmp_path / "dear.csv"
    export.write_text(HEADER + ROWS[0].replace("40.00", "9000.00"))
    said = run(folder, "import", str(export))
    assert "changed: price of a ticket in minor units" in said
    assert "preview; nothing was imported" in said
    assert tickets(folder) == before


def test_who_was_deleted_in_the_ticketing_system_is_forgotten_with_a_complete_export(
    folder: Path, tmp_path: Path
) -> None:
    export, config = tmp_path / "all.csv", read_config(folder)
    others = [ROWS[1].replace("B1", f"D{n}").replace("bo@", f"d{n}@") for n in range(9)]
    for name, rows in (("more", (*others, *ROWS[:2])), ("all", (*others, ROWS[1]))):
        export = tmp_path / f"{name}.csv"
        first = ROWS[1].replace("B1", "E1").replace("01-16", "01-14").replace("bo@", "e@")
        export.write_text(HEADER + "\n".join((*rows, first)) + "\n")
        if name == "more":
            import_export(config, export, apply=True, hints=FileHints())
    report = import_export(config, export, apply=True, hints=FileHints(is_complete=True))
    assert report.removed_orders == 1
    with open_for_writing(config) as (store, vault, _):
        held = vault._connection.execute("SELECT value FROM identifier").fetchall()
        assert (ADA,) not in held
        assert ("bo@example.org",) in held
        people = store.execute_measure("SELECT count(*) FROM visitor", ())
        assert people == [(len(others) + 2,)]


def test_a_word_that_no_code_list_knows_is_listed_and_decided(folder: Path, tmp_path: Path) -> None:
    export = tmp_path / "odd.csv"
    export.write_text(HEADER + ROWS[0].replace("A1", "Z1").replace("Adult", "Lauantailippu"))
    import_export(read_config(folder), export, apply=True, hints=FileHints())
    assert "generic  PRICE_CLASS  'Lauantailippu'  2\n" in run(folder, "words")
    run(folder, "decide", "generic", "PRICE_CLASS", "Lauantailippu", "FULL")
    assert "Lauantailippu" not in run(folder, "words")
