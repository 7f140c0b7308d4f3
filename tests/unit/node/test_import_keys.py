"""Who a booking is from: keyed hashes, never guesses (rules R1-R3, R6, R26)."""

import pytest

from foyer_node.connectors.codes import channel_of, price_class_of, status_of
from foyer_node.importing.keys import (
    Contact,
    Domains,
    claim_of,
    keyed_hash,
    normalise_email,
    normalise_phone,
    visitor_kind,
)
from foyer_node.importing.rules import residence

SECRET = b"s" * 32


@pytest.mark.parametrize(
    "text",
    ["ada@example.org", " ADA@Example.ORG ", "Ada L <ada@example.org>", "mailto:ada@example.org",
     "ａｄａ@example.org"],
)  # fmt: skip
def test_one_address_has_one_key_however_it_is_written(text: str) -> None:
    assert normalise_email(text) == "ada@example.org"


def test_dots_and_tags_stay_for_they_may_be_two_people() -> None:
    kept = {
        normalise_email(t) for t in ("a.da@example.org", "ada@example.org", "ada+x@example.org")
    }
    assert len(kept) == 3


@pytest.mark.parametrize(
    "text", ["", "n/a", "ada", "ada@", "@example.org", "a@b", "a b@c.dk", "a@b.dk; c@d.dk"]
)
def test_what_is_not_an_address_is_no_key(text: str) -> None:
    assert normalise_email(text) == ""


def test_another_secret_gives_another_key() -> None:
    keys = {keyed_hash(secret, "EMAIL_HMAC", "ada@example.org") for secret in (SECRET, b"t" * 32)}
    assert len(keys) == 2


def test_the_e_mail_decides_and_the_customer_number_follows() -> None:
    claim = claim_of(SECRET, Contact(email="ada@example.org", customer_no="77"), "till")
    assert claim is not None
    assert [kind for kind, _, _ in claim.identifiers] == ["EMAIL_HMAC", "SOURCE_CUSTOMER_NO"]
    assert "ada" not in repr(claim)


def test_a_customer_number_is_of_its_own_system() -> None:
    one, other = (claim_of(SECRET, Contact(customer_no="77"), system) for system in ("till", "web"))
    assert one is not None
    assert other is not None
    assert one.identifiers[0][1] != other.identifiers[0][1]


@pytest.mark.parametrize("number", ["", "0", "000", "-", "Guest", "anonymous"])
def test_a_walk_up_sale_is_from_nobody(number: str) -> None:
    assert claim_of(SECRET, Contact(customer_no=number, card=number), "till") is None


def test_shared_and_own_addresses_are_not_persons() -> None:
    domains = Domains(
        staff=frozenset({"theatre.example"}),
        reseller=frozenset({"agent.example"}),
        school=frozenset({"skole.dk"}),
    )
    kinds = {
        address: visitor_kind(address, domains)
        for address in (
            "info@x.dk", "ada@theatre.example", "ada@x.dk", "", "tickets@agent.example",
            "teacher@skole.dk", "a@example.com", "b@shop.test", "c@mail.example.net",
            "d@bestexample.com", "e@contest.dk",
        )
    }  # fmt: skip
    assert list(kinds.values()) == [
        "ORGANISATION", "STAFF", "PERSON", "PERSON", "RESELLER", "SCHOOL", "TEST", "TEST",
        "TEST", "PERSON", "PERSON",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "country", "number"),
    [
        ("+45 20 30 40 50", "FR", "+4520304050"), ("0045-20304050", "", "+4520304050"),
        ("06 12 34 56 78", "FR", "+33612345678"), ("040 123 4567", "FI", "+358401234567"),
        ("(020) 7946 0018", "GB", "+442079460018"), ("514-555-0199", "CA", "+15145550199"),
        ("20304050", "", ""), ("00000000", "DK", ""), ("12345", "DK", ""), ("none", "DK", ""),
        ("+1234567890123456", "DK", ""),
    ],
)  # fmt: skip
def test_one_number_has_one_form_however_it_is_written(
    written: str, country: str, number: str
) -> None:
    assert normalise_phone(written, country) == number


def test_card_and_phone_come_after_e_mail_and_customer_number() -> None:
    whole = Contact(email="a@b.dk", customer_no="7", card="C9", phone="+4520304050")
    claim = claim_of(SECRET, whole, "till")
    assert claim is not None
    assert [kind for kind, _, _ in claim.identifiers] == [
        "EMAIL_HMAC", "SOURCE_CUSTOMER_NO", "LOYALTY_CARD_HMAC", "PHONE_HMAC",
    ]  # fmt: skip
    assert "C9" not in repr(whole) + repr(claim)


@pytest.mark.parametrize(
    ("country", "postcode", "territory"),
    [
        ("DK", "2100", "DK-2"), ("dk", "DK-2100", "DK-2"), ("Danmark", " 8000 ", "DK-8"),
        ("NL", "1012 AB", "NL-1"), ("GB", "SE1 9TG", "GB-S"), ("CA", "M5V 2T6", "CA-M"),
        ("FI", "530", "UNKNOWN"), ("FI", "0530", "FI-0"), ("SE", "411 03", "SE-4"),
        ("FR", "1000", "FR-0"), ("FR", "75004", "FR-7"), ("JP", "100-0001", "ELSEWHERE"),
        ("", "2100", "UNKNOWN"), ("Utopia", "2100", "UNKNOWN"), ("DK", "", "UNKNOWN"),
    ],
)  # fmt: skip
def test_residence_is_never_guessed(country: str, postcode: str, territory: str) -> None:
    assert residence(country, postcode) == territory


def test_code_words_are_known_in_six_languages() -> None:
    web = [
        "Online shop",
        "Netbutik",
        "Online winkel",
        "Boutique en ligne",
        "Onlinebutik",
        "Verkkokauppa",
    ]
    assert {channel_of(word).value for word in web} == {"WEB"}
    paid = ["paid", "betalt", "betaald", "Payé", "Betald", "maksettu"]
    assert {status.value for word in paid if (status := status_of(word))} == {"SOLD"}
    adult = ["Adult", "Voksen", "Volwassene", "Adulte", "Vuxen", "Aikuinen"]
    assert {price_class_of(word).value for word in adult} == {"FULL"}


def test_an_unknown_word_is_never_guessed() -> None:
    assert channel_of("Messe").value == "UNKNOWN"
    assert status_of("half paid") is None
    assert price_class_of("Rij 3").value == "OTHER"
