"""Every string a reader can meet, gathered from templates, code and the catalogue.

For translators and the tests: `python -m foyer_web.extraction` adds new strings, empty, to
`locales/*.po` and drops strings that are gone. A statistic's title and question are
strings like any other, so a new statistic asks for its translations here.
"""

from importlib.resources import files
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_web.languages import DEFAULT, LANGUAGES

METHODS = [("templates/**.html", "jinja2.ext:babel_extract"), ("**.py", "python")]
OPTIONS = {"templates/**.html": {"trimmed": "true", "newstyle_gettext": "true"}}
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None, "gettext": None, "ngettext": (1, 2), "N_": None, "NN_": (1, 2),
    "say_count": (1, 2),
}  # fmt: skip


def every_message() -> Catalog:
    """A catalogue of all message ids, with where each is used."""
    gathered = Catalog(project="foyer", charset="utf-8")
    folder = str(files("foyer_web"))
    for path, line, message, _, _ in extract_from_dir(folder, METHODS, OPTIONS, KEYWORDS):
        gathered.add(message, locations=[(path, line)])
    for entry in CATALOGUE.values():
        for message in (entry.title, entry.question):
            gathered.add(message, locations=[(f"catalogue {entry.key}", 0)])
    return gathered


def update(locales: Path) -> dict[str, int]:
    """Bring `locales/*.po` up to date; return how many strings each language still lacks."""
    template, missing = every_message(), {}
    for code in LANGUAGES:
        if code == DEFAULT:
            continue
        path = locales / f"{code}.po"
        with path.open("rb") as stream:
            catalog = read_po(stream, locale=code)
        catalog.update(template, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        with path.open("wb") as stream:
            write_po(stream, catalog, width=100, sort_output=True, no_location=True)
        missing[code] = sum(1 for message in catalog if message.id and not said(message.string))
    return missing


def said(string: str | tuple[str, ...] | list[str] | None) -> bool:
    """Whether a translation says anything, in each of its plural forms."""
    forms = [string] if isinstance(string, str) else list(string or ())
    return bool(forms) and all(forms)


if __name__ == "__main__":
    for language, lacking in update(Path(str(files("foyer_web"))) / "locales").items():
        print(f"{language}: {lacking} strings to translate")
