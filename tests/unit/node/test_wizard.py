"""Promise: a newcomer imports an unknown export by questions; nothing is guessed or left behind."""

import logging
import os
import re
from datetime import date

import pytest
from tests.support.local_node import CANARY
from tests.support.wizard_house import (
    DANISH,
    House,
    danish_export,
    make_house,
    press_on,
    proposed,
    text_of,
    token_of,
    until_over,
    upload,
)

from foyer_node.app import reading_store
from foyer_node.config import PulledSource
from foyer_node.connectors.connector import Reason
from foyer_node.connectors.headers import FIELDS
from foyer_node.importing.accounts import SET_APART
from foyer_node.importing.drift import _MOST_CHANGE, _MOST_SHIFT
from foyer_node.importing.report import WARNINGS
from foyer_node.importing.tally import FIELDS as COVERED
from foyer_node.mapping.coding import CodeList
from foyer_node.mapping.mapping_file import _CODES, read_mapping
from foyer_node.mapping.proposal import Why
from foyer_node.pulls import pull_now
from foyer_node.setup import FileHints, import_export
from foyer_node.web.importing_pages import ImportSite
from foyer_node.wizard.draft_files import KEPT_SECONDS, DraftFiles, shown_name
from foyer_web import import_words


@pytest.fixture
def house(tmp_path):
    return House(make_house(tmp_path))


@pytest.fixture
def export(tmp_path):
    return danish_export(tmp_path / "export.csv")


def begun(browser, file, name="salg.csv"):
    answer = upload(browser, file, name)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def loaded(browser, file):
    """The whole path, each answer as proposed."""
    page = begun(browser, file)
    while not page.endswith("/report"):
        page = press_on(browser, page).headers["location"]
    until_over(browser, page)
    answer = press_on(browser, page, "load")
    return until_over(browser, answer.headers["location"])


def test_an_unknown_danish_export_is_loaded_in_four_steps(house, export):
    browser = house.steward()
    columns = begun(browser, export)
    text = text_of(browser.get(columns))
    assert "salg.csv is of no system that is known here" in text
    assert "With this column: Bookers" in text
    assert "a guess, its values look like it" in text
    words = press_on(browser, columns).headers["location"]
    assert words.endswith("/words")
    text = text_of(browser.get(words))
    for word in ("Ungebod", "Web-shop (ny)", "Balkon", "Gavekort 500 kr"):
        assert word in text
    report = press_on(browser, words).headers["location"]
    shown = until_over(browser, report)
    assert "120 of 121 rows can be taken" in text_of(shown)
    assert re.search(r"Not a date</th><td>Day of the order</td><td>1</td><td>122<", shown.text)
    done = press_on(browser, report, "load").headers["location"]
    text = text_of(until_over(browser, done))
    assert "120 rows loaded" in text
    assert "Rows that wait to be corrected: 1." in text
    assert "See your figures" in text
    with reading_store(house.config) as store:
        assert len(store.batches()) == 1


def test_after_loading_only_the_description_is_left(house, export):
    browser = house.steward()
    assert "rows loaded" in loaded(browser, export).text
    assert list(house.config.path("imports").iterdir()) == []
    kept = browser.get("/import/mappings/ticket-sales.toml")
    mapping = read_mapping(kept.text)
    assert mapping.channels == {"Ungebod": "UNKNOWN", "Web-shop (ny)": "WEB"}
    assert mapping.exclusions == {"Gavekort 500 kr": "MERCH"}
    assert CANARY not in kept.text


def test_the_next_file_of_the_same_export_asks_nothing(house, export, tmp_path):
    browser = house.steward()
    loaded(browser, export)
    page = begun(browser, danish_export(tmp_path / "next.csv", first=5000))
    assert page.endswith("/report")
    assert "is the export that you described on" in text_of(until_over(browser, page))


def test_the_same_file_twice_changes_nothing(house, export):
    browser = house.steward()
    loaded(browser, export)
    assert "This file was loaded before" in text_of(loaded(browser, export))


def test_a_changed_header_is_explained_before_anything_is_read(house, export, tmp_path):
    browser = house.steward()
    loaded(browser, export)
    header = DANISH.replace("Postnr", "Postnummer").replace("Slags", "Billettype")
    page = begun(browser, danish_export(tmp_path / "new.csv", header=header))
    assert page.endswith("/columns")
    text = text_of(browser.get(page))
    assert "The export has changed since" in text
    assert "Postnr is now called Postnummer." in text


def test_what_is_decided_in_the_queue_reaches_the_rows(house, export):
    browser = house.steward()
    page = press_on(browser, begun(browser, export)).headers["location"]
    form = proposed(browser.get(page).text)
    number = next(
        name.partition("-")[2] for name, value in form.items() if value == "channels:Ungebod"
    )
    report = press_on(browser, page, **{f"code-{number}": "APP"}).headers["location"]
    assert "Some sales channels are unknown" not in text_of(until_over(browser, report))
    press_on(browser, report, "load")
    until_over(browser, report.replace("report", "progress"))
    with reading_store(house.config) as store:
        lines = list(store.lines(date(2025, 1, 1), date(2027, 1, 1)))
    assert {line.online for line in lines} == {True, False}
    assert sum(line.online for line in lines) == sum(
        number % 4 != 1 and number % 20 != 7 for number in range(120)
    )


def test_two_columns_for_one_field_are_refused_with_a_reason(house, export):
    browser = house.steward()
    page = begun(browser, export)
    answer = press_on(browser, page, **{"column-4": "amount"})
    text = text_of(answer, 422)
    assert "Two columns are given for: Amount paid." in text
    assert "No column is given for: Number of tickets." in text


def test_a_column_that_is_left_out_is_not_found_again_by_its_name(house, export):
    browser = house.steward()
    page = begun(browser, export)
    page = press_on(browser, page, **{"column-6": ""}).headers["location"]
    while not page.endswith("/report"):
        page = press_on(browser, page).headers["location"]
    assert "No e-mail or customer number" in text_of(until_over(browser, page))


def test_a_date_that_says_nothing_of_its_order_is_asked_about(house, tmp_path):
    file = tmp_path / "open.csv"
    lines = ["Order no;Order date;Event;Event date;Qty;Price"]
    lines += [f"{n};0{n}/02/2025;Hamlet;0{n}/03/2025;2;1.250" for n in range(1, 9)]
    file.write_text("\n".join(lines), encoding="utf-8")
    browser = house.steward()
    page = press_on(browser, begun(browser, file)).headers["location"]
    assert page.endswith("/questions")
    text = text_of(browser.get(page))
    assert "Does the day or the month come first?" in text
    assert "What stands before the cents?" in text
    assert "01/02/2025" in text
    answer = browser.post(page, data={"form_token": token_of(browser)})
    assert "Answer each question." in text_of(answer, 422)
    answered = {"dates": "day-first", "decimal": "point", "per_ticket": "yes"}
    answer = browser.post(page, data={"form_token": token_of(browser), **answered})
    assert answer.headers["location"].endswith("/report")
    assert "8 of 8 rows can be taken" in text_of(until_over(browser, answer.headers["location"]))


def test_two_uploads_at_once_do_not_meet(house, export, tmp_path):
    browser = house.steward()
    first = begun(browser, export)
    second = begun(browser, danish_export(tmp_path / "b.csv", first=9000), "andet.csv")
    assert first != second
    assert "andet.csv" in text_of(browser.get(second))
    assert "salg.csv" in text_of(browser.get(first))
    assert text_of(browser.get("/en/import")).count("csv") >= 2


@pytest.mark.parametrize(
    ("sent", "shown"),
    [("../../../etc/passwd", "passwd"), ("..\\..\\boot.ini", "boot.ini"), ("", "file"),
     (f"{CANARY}@example.org.csv", f"{CANARY}@example.org.csv")],
)  # fmt: skip
def test_the_name_of_an_upload_names_no_file_here(house, export, sent, shown):
    browser = house.steward()
    if sent:
        begun(browser, export, sent)
        assert shown in browser.get("/en/import").text
    assert shown_name(sent) == shown
    names = [path.name for path in house.config.folder.rglob("*")]
    assert not [name for name in names if CANARY in name or "passwd" in name]
    (upload_path,) = [*house.config.folder.rglob("upload")] or [None]
    if upload_path is not None:
        assert upload_path.stat().st_mode & 0o077 == 0


def test_what_is_no_table_is_refused_and_not_kept(house, tmp_path):
    browser = house.steward()
    picture = tmp_path / "x.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
    text = text_of(upload(browser, picture), 400)
    assert "The file cannot be read as a table" in text
    assert list(house.config.path("imports").iterdir()) == []
    empty = tmp_path / "empty.csv"
    empty.write_bytes(b"")
    assert "No file arrived" in text_of(upload(browser, empty), 400)


def test_what_is_too_large_is_refused_and_not_kept(house, export, monkeypatch):
    small = ImportSite.__init__.__kwdefaults__
    monkeypatch.setitem(small, "most_bytes", 1000)
    browser = House(house.config).steward()
    assert "The file is too large" in text_of(upload(browser, export), 413)
    assert list(house.config.path("imports").iterdir()) == []


def test_an_import_that_is_given_up_leaves_nothing(house, export):
    browser = house.steward()
    page = begun(browser, export)
    assert press_on(browser, page, "give-up").status_code == 303
    assert list(house.config.path("imports").iterdir()) == []
    assert "This import is no longer here" in text_of(browser.get(page), 404)


def test_an_upload_is_deleted_after_a_day(house, export):
    browser = house.steward()
    begun(browser, export)
    (folder,) = house.config.path("imports").iterdir()
    later = int(folder.stat().st_mtime) + KEPT_SECONDS + 1
    DraftFiles(house.config, lambda: later).sweep()
    assert list(house.config.path("imports").iterdir()) == []


def test_a_description_can_be_brought_from_a_sister_house(house, export, tmp_path):
    browser = house.steward()
    loaded(browser, export)
    toml = browser.get("/import/mappings/ticket-sales.toml").content
    other = House(make_house(tmp_path / "sister"))
    sister = other.steward()
    answer = sister.post(
        "/en/import/mappings",
        data={"form_token": token_of(sister)},
        files={"file": ("x.toml", toml)},
    )
    assert answer.status_code == 303
    assert begun(sister, export).endswith("/report")
    again = sister.post(
        "/en/import/mappings",
        data={"form_token": token_of(sister)},
        files={"file": ("x.toml", b"nonsense =")},
    )
    assert "A setting or a file does not fit" in text_of(again, 400)


def test_the_command_line_reads_by_the_same_description(house, export):
    browser = house.steward()
    loaded(browser, export)
    hints = FileHints(mapping=house.config.path("mappings", "ticket-sales.toml"))
    report = import_export(house.config, export, apply=True, hints=hints)
    assert report.already_imported
    assert report.accepted == 120


@pytest.fixture
def watching(tmp_path):
    """A house with a watched folder, in which an export has lain for an hour."""
    config = make_house(tmp_path)
    (tmp_path / "till").mkdir()
    file = danish_export(tmp_path / "till" / "salg.csv")
    os.utime(file, (file.stat().st_mtime - 3600,) * 2)
    source = PulledSource(name="till", folder=str(tmp_path / "till"))
    return House(config.model_copy(update={"sources": (source,)})), file


def test_a_file_of_a_watched_folder_is_taken_and_left_where_it_is(watching):
    house, file = watching
    browser = house.steward()
    assert "salg.csv" in text_of(browser.get("/en/import"))
    form = {"form_token": token_of(browser), "waiting": "till/salg.csv"}
    page = browser.post("/en/import/waiting", data=form).headers["location"]
    while not page.endswith("/report"):
        page = press_on(browser, page).headers["location"]
    until_over(browser, page)
    done = press_on(browser, page, "load").headers["location"]
    assert "120 rows loaded" in text_of(until_over(browser, done))
    assert file.exists()


@pytest.mark.parametrize("asked", ["till/../../node.toml", "till/none.csv", "other/salg.csv", ""])
def test_no_other_file_can_be_asked_for(watching, asked):
    house, _ = watching
    browser = house.steward()
    form = {"form_token": token_of(browser), "waiting": asked}
    assert browser.post("/en/import/waiting", data=form).status_code == 404
    assert not house.config.path("imports").exists()


def test_what_is_described_once_is_pulled_by_itself_from_then_on(watching, tmp_path):
    house, file = watching
    (refused,) = pull_now(house.config)
    assert (refused.files, refused.refused) == (0, 1)
    loaded(house.steward(), danish_export(tmp_path / "old.csv", first=5000))
    danish_export(file, first=8000)
    os.utime(file, (file.stat().st_mtime - 1800,) * 2)
    (pulled,) = pull_now(house.config)
    assert (pulled.files, pulled.refused) == (1, 0)


def test_no_visitor_is_in_a_log_or_a_file_name(house, export, caplog):
    with caplog.at_level(logging.DEBUG):
        loaded(house.steward(), export)
    assert CANARY not in caplog.text
    readable = [path for path in house.config.folder.rglob("*") if path.is_file()]
    assert not [path for path in readable if CANARY.encode() in path.read_bytes()]
    assert not [path for path in house.config.folder.rglob("*") if CANARY in path.name]


def test_every_name_of_the_node_has_its_words():
    assert set(FIELDS) | set(COVERED) <= set(import_words.FIELDS)
    assert {reason.value for reason in Reason} == set(import_words.REASONS)
    assert set(WARNINGS) == set(import_words.WARNINGS)
    assert set(SET_APART) == set(import_words.SET_APART)
    assert {why.value for why in Why} == set(import_words.WHYS)
    assert {*_MOST_CHANGE, *_MOST_SHIFT, "new_words"} == set(import_words.DRIFTS)
    assert {one.value for one in CodeList} == set(import_words.GROUPS)
    for code_list, codes in _CODES.items():
        assert codes == set(import_words.CODES[code_list]) - {""}
