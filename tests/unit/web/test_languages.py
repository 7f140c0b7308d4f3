"""Every string a reader can meet is translated, completely, in every language we offer."""

import re
from importlib.resources import files

import pytest
from babel.messages.pofile import read_po

from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_web.extraction import every_message, said
from foyer_web.languages import DEFAULT, LANGUAGES

OTHERS = [code for code in LANGUAGES if code != DEFAULT]
PLACE = re.compile(r"%\(\w+\)s")


def messages(code):
    with files("foyer_web").joinpath("locales", f"{code}.po").open("rb") as stream:
        return read_po(stream, locale=code, abort_invalid=True)


@pytest.fixture(scope="module")
def template():
    return every_message()


def forms(string):
    return (string,) if isinstance(string, str) else tuple(string)


@pytest.mark.parametrize("code", OTHERS)
def test_no_string_is_missing_fuzzy_or_left_over(code, template):
    translated = messages(code)
    wanted = {message.id for message in template if message.id}
    present = {m.id for m in translated if m.id and said(m.string) and not m.fuzzy}
    assert wanted - present == set(), "translate these"
    assert present - wanted == set(), "run `python -m foyer_web.extraction` to drop these"


@pytest.mark.parametrize("code", OTHERS)
def test_places_are_the_same_in_every_translation(code):
    for message in messages(code):
        if message.id:
            places = sorted(PLACE.findall(forms(message.id)[-1]))
            for form in forms(message.string):
                assert sorted(PLACE.findall(form)) == places, (code, message.id)


@pytest.mark.parametrize("code", OTHERS)
def test_plural_rules_are_the_languages_own(code):
    assert messages(code).num_plurals == 2


def test_the_catalogues_own_titles_and_questions_are_gathered(template):
    gathered = {message.id for message in template}
    for entry in CATALOGUE.values():
        assert {entry.title, entry.question} <= gathered


def test_marked_strings_in_code_and_templates_are_gathered(template):
    gathered = {message.id for message in template}
    assert "no clear difference" in gathered
    assert "About this number" in gathered
    assert ("%(number)s ticket", "%(number)s tickets") in gathered
