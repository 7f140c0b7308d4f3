"""What the doctor found reads in every language, and an unknown finding is not lost."""

from dataclasses import replace
from datetime import date

import pytest
from tests.support.sample_views import SENT

from foyer_web.checks import CHECKS, LABELS, check_view, say_check
from foyer_web.languages import LANGUAGES
from foyer_web.sending import KINDS, kind_of, recipient_of
from foyer_web.words import words

VALUES = {
    "free": 12345, "until": date(2026, 11, 24), "spent": 0.09, "cap": 0.5, "period": "2026",
    "back": 0.03,
    "network": "nordic", "address": "127.0.0.1:1", "reason": "refused",
    "length": 12, "head": "3a633b621e12d78f", "agreed": 5,
    "round": "season-b", "before": "season-a", "made": date(2026, 5, 4), "due": date(2026, 11, 3),
    "version": "1.0", "catalogue": "0123456789abcdef", "limit": 4096, "need": 1253,
    "seconds": 61, "files": "identity.key", "percent": 7, "names": "shop",
    "host": "coordinator.example", "servers": "192.0.2.53", "variable": "HTTPS_PROXY",
    "proxy": "proxy.example:3128", "issuer": "Inspecting CA", "addresses": "0.0.0.0:8765",
}  # fmt: skip


def view(code, locale, text="english"):
    return check_view(
        "ledger", well=False, code=code, values=VALUES, text=text, words=words(locale)
    )


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("code", CHECKS)
def test_every_finding_is_said_in_every_language(code, locale):
    said = view(code, locale)
    assert said.label == words(locale).say(LABELS["ledger"])
    assert said.detail
    assert "%(" not in said.detail + said.hint
    assert bool(said.hint) == bool(CHECKS[code].advice)


def test_every_finding_is_about_something_with_a_heading():
    assert {check.about for check in CHECKS.values()} <= set(LABELS)


def test_numbers_and_days_are_written_as_the_language_writes_them():
    assert say_check("ledger-spent", VALUES, words("en"))[0] == (
        "chain verified, spent rho 0.0900 of 0.5000 in 2026"
    )
    assert "0,0900" in say_check("ledger-spent", VALUES, words("da"))[0]
    assert "24 November 2026" in say_check("data-old", VALUES, words("en"))[0]


def test_an_error_is_said_as_its_problem_and_an_unknown_finding_as_it_is():
    said = view("storage", "fr", "line 3 is damaged")
    assert said.detail == "Quelque chose sur le disque n'a pu être lu ou écrit (line 3 is damaged)"
    assert view("of-a-newer-doctor", "fr", "as it is").detail == "as it is"


@pytest.mark.parametrize("locale", LANGUAGES)
def test_every_kind_of_message_has_plain_words(locale):
    for channel, kind in KINDS:
        assert ":" not in kind_of(replace(SENT, channel=channel, kind=kind), words(locale))[:8]
    assert kind_of(replace(SENT, kind="newer"), words(locale)) == "fleet: newer"
    assert recipient_of(SENT, words(locale)) != "coordinator"
