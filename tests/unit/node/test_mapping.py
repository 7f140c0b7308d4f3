"""Promise: an unknown file is understood, nothing is guessed silently, a change is explained."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foyer_node.connectors.headers import FIELDS, REQUIRED, STRONG
from foyer_node.mapping.changes import compare
from foyer_node.mapping.coding import CodeList, queue, suggest
from foyer_node.mapping.mapping_file import ExportMapping, read_mapping, same_layout, write_mapping
from foyer_node.mapping.proposal import LEAST_CONFIDENCE, SURE, Why, propose
from foyer_node.mapping.shapes import fit, sample
from foyer_node.mapping.unlocks import possible, unlocked_by, wanting
from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.catalogue.measures import Need
from foyer_protocol.errors import ConfigError

STATISTICS = tuple(CATALOGUE.values())
DANISH = ("Bilagsnr", "Købt", "Titel", "Vises den", "Stk", "Kr.", "Mail", "Postnr", "Hvor", "Slags")
SALES = (
    "1001|03-11-2025 14:22|Hamlet|12-12-2025 20:00|2|350,00|a@x.dk|2100|Netbutik|Voksen",
    "1002|04-11-2025 09:12|Hamlet|12-12-2025 20:00|1|175,00||8000|Billetkontor|Studerende",
    *("1003|14-11-2025 19:12|Julerevy|13-12-2025 16:00|4|1.200,00|b@y.dk|2100|Netbutik|Barn",),
)


@dataclass(frozen=True)
class Rows:
    header: tuple[str, ...]
    body: tuple[tuple[str, ...], ...]
    layout: str = "test"

    def rows(self):
        return iter(enumerate(self.body, 2))


def a_table(header=DANISH, rows=SALES):
    return Rows(header=header, body=tuple(tuple(row.split("|")) for row in rows))


def the_columns(proposal):
    return dict(proposal.columns)


class TestProposals:
    def test_a_header_that_says_nothing_is_read_by_its_values(self):
        found = propose(a_table())
        assert the_columns(found) == {
            "order_id": "Bilagsnr",
            "ordered_at": "Købt",
            "event": "Titel",
            "event_at": "Vises den",
            "quantity": "Stk",
            "amount": "Kr.",
            "email": "Mail",
            "postcode": "Postnr",
            "channel": "Hvor",
            "price_type": "Slags",
        }
        assert found.missing == ()
        assert found.unused == ()

    def test_what_rests_on_values_alone_is_never_called_sure(self):
        found = {one.field: one for one in propose(a_table()).suggestions}
        assert found["email"].is_sure
        assert not found["amount"].is_sure
        assert found["amount"].why == (Why.VALUES,)

    def test_of_two_nameless_dates_the_earlier_is_the_orders(self):
        swapped = a_table(
            ("A", "B", "C", "D", "E", "F"),
            [f"{i}|1{i}-12-2025|Hamlet|0{i}-11-2025|2|1,50" for i in range(1, 8)],
        )
        found = the_columns(propose(swapped))
        assert (found["ordered_at"], found["event_at"]) == ("D", "B")

    def test_a_good_name_over_foreign_values_is_not_sure(self):
        table = a_table(("E-mail", "Antal"), ["not one|x", "nor two|y"])
        found = {one.field: one for one in propose(table).suggestions}
        assert "email" not in found or not found["email"].is_sure

    def test_the_stewards_word_goes_over_every_guess(self):
        found = propose(a_table(), {"amount": "Stk", "quantity": "Kr."})
        assert the_columns(found)["amount"] == "Stk"
        assert {one.field: one.confidence for one in found.suggestions}["amount"] == 1.0

    def test_a_column_is_proposed_for_one_field_only(self):
        found = propose(a_table())
        positions = [one.position for one in found.suggestions]
        assert len(set(positions)) == len(positions)

    def test_a_name_that_stands_twice_is_never_proposed(self):
        table = a_table(("Ordrenr.", "Pris", "Pris"), ["1|2,50|3,50"])
        assert "Pris" not in the_columns(propose(table)).values()

    def test_what_is_missing_is_named(self):
        found = propose(a_table(("Ordrenr.",), ["1001"]))
        assert set(found.missing) == set(REQUIRED) - {"order_id"}

    def test_a_table_without_rows_is_read_by_its_names(self):
        table = a_table(("Ordrenr.", "Købsdato", "Forestilling"), [])
        assert set(the_columns(propose(table))) == {"order_id", "ordered_at", "event"}

    def test_no_value_is_in_its_repr(self):
        assert "a@x.dk" not in repr(propose(a_table()))
        assert "a@x.dk" not in repr(sample(DANISH, [SALES[0].split("|")]))

    @pytest.mark.parametrize("name", FIELDS)
    def test_each_strong_name_is_proposed_for_its_field_with_no_values_at_all(self, name):
        for word in STRONG[name].split("|"):
            found = propose(a_table((word,), []))
            assert name in the_columns(found) or found.suggestions, word
            (one,) = found.suggestions
            assert one.is_sure

    @given(st.lists(st.lists(st.text(max_size=12), min_size=3, max_size=3), max_size=8))
    def test_any_table_gets_a_proposal_with_confidences_in_range(self, rows):
        table = Rows(header=("a", "b", "c"), body=tuple(tuple(row) for row in rows))
        for one in propose(table).suggestions:
            assert LEAST_CONFIDENCE <= one.confidence <= 1.0

    @given(st.lists(st.text(max_size=20), min_size=1, max_size=30))
    def test_every_fit_is_a_share(self, cells):
        (column,) = sample(("x",), [[cell] for cell in cells])
        assert all(0.0 <= fit(name, column) <= 1.0 for name in FIELDS)

    def test_sure_is_above_what_values_can_prove(self):
        assert SURE > LEAST_CONFIDENCE


class TestUnlocks:
    def test_the_six_columns_feed_what_needs_nobody_known(self):
        keys = possible(REQUIRED, STATISTICS)
        assert "volume.attendances" in keys
        assert "volume.bookers" not in keys

    def test_a_customer_column_unlocks_loyalty_and_a_second_one_nothing(self):
        assert "volume.bookers" in unlocked_by("email", REQUIRED, STATISTICS)
        assert unlocked_by("customer_key", [*REQUIRED, "email"], STATISTICS) == frozenset()

    def test_every_statistic_is_possible_with_all_fields(self):
        assert possible(FIELDS, STATISTICS) == {one.key for one in STATISTICS}

    def test_what_is_wanting_names_the_one_thing_that_keeps_it_back(self):
        found = wanting([*REQUIRED, "email"], STATISTICS)
        assert set(found) == {Need.POSTCODE, Need.CHANNEL}
        assert found[Need.POSTCODE] == {
            one.key
            for one in STATISTICS
            if one.needs == {Need.POSTCODE, Need.VISITOR_KEY} or one.needs == {Need.POSTCODE}
        }


def a_mapping(**changed):
    found = propose(a_table())
    values = {
        "name": "kasse-2026",
        "header": list(DANISH),
        "columns": the_columns(found),
        "dates": "day-first",
        "channels": {"Døren": "BOX_OFFICE"},
    }
    return ExportMapping.model_validate(values | changed)


class TestMappingFiles:
    def test_a_mapping_is_read_back_as_it_was_written(self):
        assert read_mapping(write_mapping(a_mapping())) == a_mapping()

    def test_no_cell_of_the_export_is_in_the_file(self):
        text = write_mapping(a_mapping())
        for row in SALES:
            for cell in row.split("|"):
                assert len(cell) < 3 or cell not in text

    @pytest.mark.parametrize(
        ("changed", "said"),
        [
            ({"columns": {"colour": "Titel"}}, "no field is called 'colour'"),
            ({"columns": {"event": "Farve"}}, "column 'Farve' for event"),
            ({"channels": {"Døren": "DOOR"}}, "channels has no code 'DOOR'"),
            ({"price_classes": {"x": "CHEAP"}}, "price_classes has no code 'CHEAP'"),
            ({"statuses": {"x": "GONE"}}, "statuses has no code 'GONE'"),
            ({"exclusions": {"x": "WHY"}}, "exclusions has no code 'WHY'"),
        ],
    )
    def test_what_cannot_be_is_refused_with_its_place(self, changed, said):
        with pytest.raises(ConfigError, match=said):
            read_mapping(write_mapping(a_mapping(**changed)))

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("a = ", "not TOML"),
            ("", "name"),
            ('version = 2\nname = "x"\nheader = ["a"]\n[columns]\n', "version"),
            ('name = "x"\nheader = ["a"]\nscript = "rm"\n[columns]\n', "script"),
        ],
    )
    def test_a_file_that_is_no_mapping_is_refused(self, text, said):
        with pytest.raises(ConfigError, match=said):
            read_mapping(text)


class TestChanges:
    def test_the_same_header_has_none(self):
        found = compare(a_mapping(), DANISH)
        assert found.is_none
        assert found.columns == a_mapping().columns
        assert same_layout(a_mapping(), DANISH)

    def test_another_order_is_only_moved(self):
        found = compare(a_mapping(), DANISH[::-1])
        assert found.moved
        assert (found.added, found.gone, found.renamed, found.lost) == ((), (), (), ())
        assert same_layout(a_mapping(), DANISH[::-1])

    def test_a_renamed_column_is_followed(self):
        header = tuple("Beløb i alt" if name == "Kr." else name for name in DANISH)
        header = tuple("Postnummer" if name == "Postnr" else name for name in header)
        found = compare(a_mapping(), header)
        assert ("Postnr", "Postnummer") in found.renamed
        assert found.columns["postcode"] == "Postnummer"

    def test_a_lost_required_column_makes_it_unusable_and_an_optional_one_does_not(self):
        without_title = tuple(name for name in DANISH if name != "Titel")
        found = compare(a_mapping(), without_title)
        assert found.gone == ("Titel",)
        assert found.lost == ("event",)
        assert not found.is_usable
        without_mail = tuple(name for name in DANISH if name != "Mail")
        assert compare(a_mapping(), without_mail).is_usable

    def test_a_new_column_is_named(self):
        assert compare(a_mapping(), (*DANISH, "Kampagne")).added == ("Kampagne",)


class TestCodingQueue:
    def test_the_word_that_most_rows_wait_on_comes_first(self):
        words = ["Døren til venstre", "web", "webshop (ny)", "WEBSHOP (NY)", ""]
        found = queue(CodeList.CHANNEL, words, {})
        assert [(one.word, one.rows) for one in found] == [
            ("webshop (ny)", 2),
            ("Døren til venstre", 1),
        ]
        assert found[0].suggestion == "WEB"

    def test_what_was_decided_does_not_come_again(self):
        words = ["Døren til venstre"]
        assert queue(CodeList.CHANNEL, words, {"døren TIL venstre": "BOX_OFFICE"}) == ()

    def test_nothing_is_suggested_for_what_resembles_nothing(self):
        assert suggest(CodeList.PRICE_CLASS, "qqqq") == ""

    @pytest.mark.parametrize("code_list", CodeList)
    def test_known_words_wait_for_nobody(self, code_list):
        known = {
            "channels": "Netbutik",
            "price_classes": "Voksen",
            "statuses": "Betalt",
            "exclusions": "Gavekort",
        }
        assert queue(code_list, [known[code_list]], {}) == ()
