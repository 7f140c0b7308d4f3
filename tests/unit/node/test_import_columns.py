"""Which column is which: synonyms in six languages, the steward's word, and no guesses."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from tests.support.exports import HEADERS, SALES, Dialect, usual, write_sales

from foyer_node.adapters.table_files import read_source
from foyer_node.connectors.connector import Reading
from foyer_node.connectors.headers import FIELDS, match_columns
from foyer_node.importing.pipeline import preview
from foyer_node.importing.report import WARNINGS
from foyer_protocol.errors import ConfigError, ConnectorError

GOLDEN = Path(__file__).parents[2] / "connectors" / "pretix" / "positions_en.csv"
OPTIONAL = {
    "en": ("ZIP", "Sales channel", "Ticket type", "E-mail", "Customer no.", "Status", "Currency"),
    "da": ("Postnr.", "Salgskanal", "Billettype", "E-mail", "Kundenr.", "Status", "Valuta"),
    "nl": ("Postcode", "Verkoopkanaal", "Kaartsoort", "E-mail", "Klantnummer", "Status", "Valuta"),
    "fr": ("Code postal", "Canal de vente", "Tarif", "Courriel", "N° client", "Statut", "Devise"),
    "sv": ("Postnummer", "Försäljningskanal", "Biljettyp", "E-post", "Kundnr", "Status", "Valuta"),
    "fi": (
        "Postinumero", "Myyntikanava", "Lipputyyppi", "Sähköposti", "Asiakasnumero", "Tila",
        "Valuutta",
    ),
}  # fmt: skip
NAMES = ("postcode", "channel", "price_type", "email", "customer_key", "status", "currency")
REQUIRED = ("order_id", "ordered_at", "event", "event_at", "quantity", "amount")


@pytest.mark.parametrize("language", sorted(HEADERS))
def test_thirteen_columns_are_known_by_their_names_in_each_language(language: str) -> None:
    header = HEADERS[language] + OPTIONAL[language]
    expected = dict(zip(REQUIRED + NAMES, range(13), strict=True))
    assert match_columns(header, {}) == expected
    assert match_columns([name.upper() for name in header], {}) == expected


def test_every_field_is_known_by_its_own_name() -> None:
    assert match_columns(FIELDS, {}) == {name: at for at, name in enumerate(FIELDS)}


def test_the_printed_six_column_list_is_known() -> None:
    header = ("order_id", "order_datetime", "event", "event_datetime", "quantity", "amount")
    assert sorted(match_columns(header, {})) == sorted(REQUIRED)


def test_a_french_seance_is_the_date_where_the_show_has_its_own_column() -> None:
    header = ("Commande", "Date d'achat", "Spectacle", "Séance", "Quantité", "Montant")
    assert match_columns(header, {})["event_at"] == 3


def test_the_stewards_word_goes_first_and_settles_what_is_open() -> None:
    header = ("Order no", "Qty", "Tickets")
    with pytest.raises(ConnectorError, match="2 columns could be quantity"):
        match_columns(header, {})
    assert match_columns(header, {"quantity": "Tickets"})["quantity"] == 2


@pytest.mark.parametrize(
    ("chosen", "said"),
    [({"colour": "Qty"}, "No field is called 'colour'"), ({"amount": "Price"}, "occurs 0 times")],
)
def test_a_choice_that_does_not_exist_is_refused(chosen: dict[str, str], said: str) -> None:
    with pytest.raises(ConnectorError, match=said):
        match_columns(("Order no", "Qty"), chosen)


def test_columns_nobody_could_know_are_imported_once_they_are_named(tmp_path: Path) -> None:
    path = write_sales(tmp_path / "x.csv", SALES, Dialect())
    path.write_text(path.read_text().replace("Order no", "Zzz"))
    with pytest.raises(ConnectorError, match="order_id"):
        preview(path, usual(), read_source)
    assert preview(path, usual(columns={"order_id": "Zzz"}), read_source).accepted == 3


def test_a_status_nobody_could_know_is_imported_once_it_is_named(tmp_path: Path) -> None:
    path = write_sales(tmp_path / "x.csv", SALES, Dialect())
    lines = path.read_text().splitlines()
    path.write_text("\n".join([f"{lines[0]},Status", *(f"{line},Zzz" for line in lines[1:])]))
    assert preview(path, usual(), read_source).rejected == (("unknown-status", 3),)
    assert preview(path, usual(statuses={"zzz": "SOLD"}), read_source).tickets == 7


@pytest.mark.parametrize(
    "reading",
    [Reading(timezone="Mars/Olympus"), replace(usual().reading, statuses={"x": "GONE"})],
)
def test_settings_that_do_not_exist_are_errors_of_the_operator(
    reading: Reading, tmp_path: Path
) -> None:
    path = write_sales(tmp_path / "x.csv", SALES, Dialect())
    with pytest.raises(ConfigError):
        preview(path, replace(usual(), reading=reading), read_source)


def test_a_price_per_ticket_is_warned_of_and_can_be_said(tmp_path: Path) -> None:
    path = write_sales(tmp_path / "x.csv", SALES, Dialect())
    path.write_text(path.read_text().replace("Amount", "Price"))
    assert "amount-may-be-per-ticket" in preview(path, usual(), read_source).warnings
    told = preview(path, usual(amount_per_ticket=True), read_source)
    assert "amount-may-be-per-ticket" not in told.warnings


def test_pretix_without_an_event_series_has_no_event_dates_and_says_so(tmp_path: Path) -> None:
    with GOLDEN.open(encoding="utf-8", newline="") as file:
        rows = [row[:9] + row[12:] for row in csv.reader(file)]
    with (tmp_path / "x.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    report = preview(tmp_path / "x.csv", usual(), read_source)
    assert (report.connector, report.accepted, report.first_event) == ("pretix", 9, None)
    assert "event-date-unknown" in report.warnings


def test_every_warning_has_its_words() -> None:
    assert all(text.endswith(".") for text in WARNINGS.values())
