"""A spreadsheet gets released numbers, a header, and a word and a letter where there is none."""

import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.released_quarters import quarters, release_of_quarter
from tests.support.sample_views import FIGURES, ROUND

from foyer_protocol.messages.release import BANDS, band
from foyer_web import sheets
from foyer_web.releases import band_of
from foyer_web.trends import changes_since, trend_of

WHEN = (date(2026, 1, 1), date(2026, 4, 1), date(2026, 4, 21))


def read(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


def rows_of(name):
    return read(sheets.write_csv(sheets.FIGURE_COLUMNS, sheets.figure_rows(FIGURES[name], *WHEN)))


@given(st.lists(st.fixed_dictionaries({"a": st.text(), "b": st.floats(allow_nan=False)})))
def test_what_is_written_is_read_back_and_no_field_is_a_formula(rows):
    found = read(sheets.write_csv(("a", "b"), rows))
    assert [float(row["b"]) for row in found] == [row["b"] for row in rows]
    for row, source in zip(found, rows, strict=True):
        assert row["a"].removeprefix("'") == source["a"].removeprefix("'")
        assert not row["a"].startswith(("=", "+", "-", "@", "\t", "\r"))


def test_a_number_is_as_released_with_its_interval():
    (row,) = rows_of("share")
    assert (row["low"], row["estimate"], row["high"]) == ("0.283", "0.311", "0.339")
    assert (row["status"], row["code"], row["group"]) == ("shown", "", "")
    assert (row["period_starts"], row["released_on"]) == ("2026-01-01", "2026-04-21")


@pytest.mark.parametrize(
    "name, status, reason, letter",
    [
        ("too few", "withheld", "few-contributors", "c"),
        ("dominance", "withheld", "dominance", "w"),
        ("too uncertain", "too-uncertain", "", "u"),
        ("not asked", "not-asked", "", "z"),
        ("did not take part", "did-not-take-part", "", "x"),
    ],
)
def test_an_absent_number_is_a_word_and_a_letter_and_no_number(name, status, reason, letter):
    (row,) = rows_of(name)
    assert (row["status"], row["reason"], row["code"]) == (status, reason, letter)
    assert row["estimate"] == row["low"] == row["high"] == ""


def test_a_histogram_is_a_row_a_cell_with_the_impossible_kept():
    rows = {row["group"]: row for row in rows_of("histogram")}
    assert rows["FI-0"]["estimate"] == "-3.0"
    assert (rows["FI-0"]["status"], rows["FI-0"]["code"]) == ("too-uncertain", "u")
    assert (rows["DK-2"]["status"], rows["DK-2"]["code"]) == ("shown", "")


def test_every_kind_of_view_is_written_with_its_header():
    q = quarters(4)
    for columns, rows in (
        (sheets.FIGURE_COLUMNS, sheets.trend_rows(trend_of("volume.bookers", q[3], q))),
        (sheets.FIGURE_COLUMNS, sheets.round_rows(ROUND)),
        (sheets.ROUND_COLUMNS, sheets.rounds_rows([ROUND])),
        (sheets.CHANGE_COLUMNS, sheets.change_rows(changes_since(release_of_quarter(3), q))),
    ):
        text = sheets.write_csv(columns, rows)
        assert text.splitlines()[0] == ",".join(columns)
        assert len(read(text)) >= 1
        assert text.endswith("\r\n")
        text.encode("ascii")  # English words and codes only: no program has to guess


def test_mine_is_in_no_sheet():
    assert "41.2" not in str(rows_of("share with mine"))
    assert "0.412" not in str(rows_of("share with mine"))


@pytest.mark.parametrize("count", [2, 4, 9, 19, 49, 50])
def test_a_band_is_written_as_it_was_published(count):
    assert len(BANDS) == 5
    assert sheets.band_text(band_of(band(count))) == band(count)
