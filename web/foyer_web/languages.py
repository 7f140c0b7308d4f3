"""Six languages: which one a reader gets, and where its strings come from.

Strings live in `locales/<code>.po` and are read from there when first needed, so that a
clean clone works without a compile step. English is the language of the message ids.
"""

import gettext
import io
from functools import cache
from importlib.resources import files

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES: dict[str, str] = {
    "en": "English",
    "fr": "Français",
    "da": "Dansk",
    "nl": "Nederlands",
    "sv": "Svenska",
    "fi": "Suomi",
}
"""`LANGUAGES[code]` is the language's own name, in the order of the switch."""

DEFAULT = "en"

_FORMATS = {"en": "en_GB"}  # day before month, as the rest of the house writes


def N_(message: str) -> str:
    """Mark `message` for translation without translating it here."""
    return message


def NN_(one: str, many: str) -> tuple[str, str]:
    """Mark a singular and its plural for translation."""
    return one, many


@cache
def formats(code: str) -> Locale:
    """Babel's rules for numbers, dates and names in language `code`."""
    return Locale.parse(_FORMATS.get(code, code))


@cache
def translations(code: str) -> gettext.NullTranslations:
    """The strings of language `code`; English ids where `code` is English or unknown."""
    if code == DEFAULT or code not in LANGUAGES:
        return gettext.NullTranslations()
    source = files("foyer_web").joinpath("locales", f"{code}.po").read_bytes()
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(source), locale=code))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def pick_locale(path: str, accept_language: str = "", default: str = DEFAULT) -> str:
    """Return the language of a request: the URL's prefix, else what the browser prefers.

    A language we lack, or a header we cannot read, falls back to `default`; a Norwegian
    reads Danish, which is nearer than English.

    >>> pick_locale("/da/rounds", "fr"), pick_locale("/", "de, fr-CA;q=0.8, en;q=0.5")
    ('da', 'fr')
    >>> pick_locale("/data", "xx"), pick_locale("/", "nb-NO")
    ('en', 'da')
    """
    prefix = path.strip("/").split("/", 1)[0]
    if prefix in LANGUAGES:
        return prefix
    near = {"nb": "da", "nn": "da", "no": "da"}
    for tag in _by_preference(accept_language):
        code = tag.split("-", 1)[0]
        code = near.get(code, code)
        if code in LANGUAGES:
            return code
    return default


def _by_preference(header: str) -> list[str]:
    """Language tags of an Accept-Language header, most wanted first, unwanted ones left out."""
    weighed: list[tuple[float, str]] = []
    for part in header[:500].split(","):
        tag, _, quality = part.strip().lower().partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            continue
        if tag and weight > 0:
            weighed.append((weight, tag))
    return [tag for _, tag in sorted(weighed, key=lambda item: -item[0])]
