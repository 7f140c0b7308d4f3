"""The exports are what a ticketing system would write: readable by anyone, untidy like life."""

import csv
import json
from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from foyer_demo.book import ANONYMOUS, Status
from foyer_demo.formats.delimited import STYLES
from foyer_demo.formats.pretix_words import HEADERS, WORDS
from foyer_demo.formats.spelling import spell_email
from foyer_demo.profiles import PROFILES
from foyer_protocol.ids import is_slug

BY_SLUG = {profile.slug: profile for profile in PROFILES}
PRETIX = [p.slug for p in PROFILES if p.export == "pretix"]
DELIMITED = [p.slug for p in PROFILES if p.export in ("delimited", "till")]


def read_rows(files, slug):
    profile = BY_SLUG[slug]
    style = STYLES.get(profile.style)
    encoding, delimiter = (style.encoding, style.delimiter) if style else ("utf-8", ",")
    with files[slug].export.open(encoding=encoding, newline="") as file:
        header, *rows = csv.reader(file, delimiter=delimiter)
    return header, rows


def book_of(world, slug):
    return next(book for book in world.books if book.profile.slug == slug)


def test_the_default_six_show_three_languages_of_pretix_two_text_styles_and_a_workbook():
    exports = Counter(profile.export for profile in PROFILES[:6])
    assert exports == {"pretix": 3, "delimited": 2, "workbook": 1}
    assert len({profile.style for profile in PROFILES[:6]}) == 6


def test_the_twelve_cover_every_format():
    assert {p.style for p in PROFILES} == {*HEADERS, *STYLES, "suomi"}
    assert {p.export for p in PROFILES} == {"pretix", "delimited", "till", "workbook"}


@pytest.mark.parametrize("slug", PRETIX)
def test_a_pretix_export_has_a_row_per_ticket_and_its_own_words(slug, small_files, small_world):
    header, rows = read_rows(small_files, slug)
    book, language = book_of(small_world, slug), BY_SLUG[slug].style
    assert tuple(header) == HEADERS[language]
    assert {len(row) for row in rows} == {63}
    assert len(rows) == book.lines.quantity.sum()
    assert {row[4] for row in rows} <= set(WORDS[language].statuses)
    paid = [row for row in rows if row[4] == WORDS[language].statuses[Status.SOLD]]
    sold = book.lines.status == Status.SOLD
    cents = sum(int(row[16].replace(WORDS[language].decimal, "")) for row in paid)
    assert cents == (book.lines.quantity * book.lines.ticket_price)[sold].sum()


@pytest.mark.parametrize("slug", PRETIX)
def test_a_pretix_order_numbers_its_positions_from_one(slug, small_files):
    _, rows = read_rows(small_files, slug)
    positions = [(row[2], int(row[3])) for row in rows]
    assert len(set(positions)) == len(positions)
    sizes = Counter(number for number, _ in positions)
    assert all(position <= sizes[number] for number, position in positions)


@pytest.mark.parametrize("slug", DELIMITED)
def test_a_text_table_has_a_row_per_line_in_its_own_style(slug, small_files, small_world):
    header, rows = read_rows(small_files, slug)
    book, style = book_of(small_world, slug), STYLES[BY_SLUG[slug].style]
    assert header == list(style.columns.values())
    at = {name: i for i, name in enumerate(style.columns)}
    assert [int(row[at["quantity"]]) for row in rows] == book.lines.quantity.tolist()
    cents = [int(row[at["amount"]].replace(style.decimal, "")) for row in rows]
    assert cents == (book.lines.quantity * book.lines.ticket_price).tolist()
    pattern = style.moment.format(Y="%Y", M="%m", D="%d", h="%H", m="%M")
    moments = [datetime.strptime(row[at["placed"]], pattern) for row in rows]
    assert moments == book.orders.placed[book.lines.order].tolist()


def test_the_till_writes_six_columns_and_nobody(small_files, small_world):
    header, rows = read_rows(small_files, "sluishuis")
    assert len(header) == 6
    assert rows
    assert set(book_of(small_world, "sluishuis").orders.customer.tolist()) == {ANONYMOUS}


def test_the_workbook_has_real_dates_and_keeps_the_zeros_of_postcodes(small_files, small_world):
    workbook = openpyxl.load_workbook(small_files["tuulimylly"].export, read_only=True)
    header, *rows = workbook.active.iter_rows(values_only=True)
    workbook.close()
    assert header[:6] == (
        "Tilausnumero", "Tilauspäivä", "Esitys", "Esityspäivä", "Määrä", "Summa"
    )  # fmt: skip
    book = book_of(small_world, "tuulimylly")
    assert [row[1] for row in rows] == book.orders.placed[book.lines.order].tolist()
    assert any(row[8] and row[8].startswith("0") for row in rows)


def test_one_address_is_spelt_in_several_ways_and_stays_one():
    spellings = {spell_email("anna.berg+9@example.org", turn) for turn in range(40)}
    assert len(spellings) == 4
    assert {text.strip().lower() for text in spellings} == {"anna.berg+9@example.org"}


def test_the_facts_are_what_enrolment_needs(small_files):
    for slug, files in small_files.items():
        facts = json.loads(files.facts.read_text(encoding="utf-8"))
        assert facts["slug"] == slug
        assert is_slug(slug)
        assert facts["currency"] == "EUR"
        assert facts["size_band"] in {"XS", "S", "M", "L", "XL"}
        assert ZoneInfo(facts["timezone"])
        assert set(facts) == {
            "slug", "name", "country", "type", "size_band", "timezone", "currency"
        }  # fmt: skip
