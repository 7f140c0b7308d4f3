"""Pages: a template, a language and views in, HTML out. No web framework here."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, partial

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_web import import_words, paths
from foyer_web.agreement import agreement, caution
from foyer_web.assets import assets
from foyer_web.change_words import change_sentence, names_of
from foyer_web.charts import Chart, chart_of
from foyer_web.cohort_words import cohort_name
from foyer_web.definition import bounds, rules
from foyer_web.headlines import headline, own_sentence
from foyer_web.insight_words import InsightWords
from foyer_web.languages import DEFAULT, LANGUAGES, N_, translations
from foyer_web.peers import chart_of_peers, spread_sentence
from foyer_web.problems import problem_of
from foyer_web.sending import kind_of, recipient_of
from foyer_web.sharing_words import SharingWords
from foyer_web.svg import MemorySvgCache, SvgCache, draw
from foyer_web.tile_charts import chart_of_tiles
from foyer_web.time_charts import chart_of_trend
from foyer_web.toy import chart_of_toy, sentence
from foyer_web.views import FigureView
from foyer_web.words import Words, words

SECURITY_HEADERS: dict[str, str] = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
        "object-src 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
"""Sent with every page. Nothing inline, nothing from elsewhere."""

OPENING, CLOSING = "\x02", "\x03"  # stand for <strong> until the text around is escaped


@dataclass(frozen=True, slots=True, kw_only=True)
class NavItem:
    """One link of the main navigation. `label` is a message id, `path` has no language."""

    path: str
    label: str


_OVERVIEW = NavItem(path=paths.OVERVIEW, label=N_("Overview"))
_ROUNDS = NavItem(path=paths.ROUNDS, label=N_("Rounds"))
PORTAL_NAV = (
    _OVERVIEW,
    NavItem(path=paths.EXPLORE, label=N_("Explore")),
    _ROUNDS,
    NavItem(path=paths.METHODS, label=N_("Methods and trust")),
)
NODE_NAV = (
    _OVERVIEW,
    _ROUNDS,
    NavItem(path=paths.MONDAY, label=N_("Monday")),
    NavItem(path=paths.LIFECYCLE, label=N_("Visitors")),
    NavItem(path=paths.MATURITY, label=N_("Data")),
    NavItem(path=paths.IMPORT, label=N_("Import")),
    NavItem(path=paths.OUTBOX, label=N_("What left the building")),
    NavItem(path=paths.STATUS, label=N_("Status")),
)


class Pages:
    """One face's pages. `network` is the network's own name, shown as it is."""

    def __init__(
        self,
        *,
        network: str,
        nav: tuple[NavItem, ...] = PORTAL_NAV,
        default_locale: str = DEFAULT,
        charts: SvgCache | None = None,
        warm_up: Callable[[], None] | None = None,
        account_path: str = "",
    ) -> None:
        """`warm_up` is called with every page, and has to return at once.

        `account_path` is where whoever is signed in finds the own account.
        """
        self.network = network
        self.nav = nav
        self.default_locale = default_locale
        self.charts = charts or MemorySvgCache()
        self._warm_up = warm_up or (lambda: None)
        self._account_path = account_path

    def page(
        self, name: str, locale: str, *, path: str, reader: str = "", **context: object
    ) -> str:
        """Render `templates/<name>.html` in `locale`.

        `path` is the page's own path without language (query included), for the language
        switch and the current mark in the navigation. `reader` names who is signed in;
        empty hides the sign-out. `nav=()` hides the navigation. A context value that the
        template needs and does not get raises `jinja2.UndefinedError`.
        """
        self._warm_up()
        code = locale if locale in LANGUAGES else self.default_locale
        frame = {
            "network": self.network,
            "nav": self.nav,
            "path": path,
            "reader": reader,
            "account_path": self._account_path,
            "chart": lambda figure: self.picture(chart_of(figure, words(code))),
            "picture": self.picture,
        }
        return _environment(code).get_template(f"{name}.html").render(frame | context)

    def problem(
        self, code: str, locale: str, *, path: str, reader: str = "", detail: str = ""
    ) -> tuple[int, str]:
        """The HTTP status and the page for a stable problem code; `detail` is in English."""
        found = problem_of(code)
        page = self.page(
            "problem", locale, path=path, reader=reader, problem=found, code=code, detail=detail
        )
        return found.status, page

    def picture(self, chart: Chart | None) -> Markup:
        """A chart as SVG, drawn once and kept; nothing for nothing."""
        return draw(chart, self.charts) if chart else Markup()


@cache
def _environment(code: str) -> Environment:
    language = words(code)
    environment = Environment(
        loader=PackageLoader("foyer_web"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_translations(  # type: ignore[attr-defined]  # by the extension
        translations(code), newstyle=True
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.globals |= {
        "locale": code,
        "languages": LANGUAGES,
        "words": language,
        "paths": paths,
        "import_words": import_words,
        "titles": partial(_titles, language),
        "url": lambda path: f"/{code}{path}",
        "asset": lambda name: f"{paths.STATIC}/{assets()[name].name}",
        "headline": partial(_strong_headline, language),
        "own_sentence": partial(_strong_own_sentence, language),
        "agreement": lambda figure: agreement(figure, language),
        "caution": lambda figure: caution(figure, language),
        "insight": InsightWords(language),
        "change_sentence": partial(change_sentence, words=language),
        "names_of": partial(names_of, words=language),
        "peers_chart": partial(chart_of_peers, words=language),
        "spread_sentence": partial(spread_sentence, words=language),
        "cohort_name": partial(cohort_name, words=language),
        "trend_chart": partial(chart_of_trend, words=language),
        "tile_chart": partial(chart_of_tiles, words=language),
        "toy_chart": partial(chart_of_toy, words=language),
        "toy_sentence": partial(sentence, words=language),
        "catalogue": CATALOGUE,
        "sharing_words": SharingWords(language),
        "kind_of": lambda sent: kind_of(sent, language),
        "recipient_of": lambda sent: recipient_of(sent, language),
        "bounds": lambda figure: bounds(figure.key, figure.currency, language),
        "rules": lambda figure: rules(figure.key, language),
    }
    return environment


def _titles(language: Words, keys: Iterable[str], most: int = 4) -> str:
    """The titles of a few statistics, and how many more there are."""
    said = [language.say(CATALOGUE[key].title) for key in keys]
    more = len(said) - most
    text = "; ".join(said[:most])
    return f"{text} (+{language.number(more)})" if more > 0 else text


def _strong_headline(language: Words, figure: FigureView) -> Markup:
    return _strong(headline(figure, language, (OPENING, CLOSING)))


def _strong_own_sentence(language: Words, figure: FigureView) -> Markup:
    return _strong(own_sentence(figure, language, (OPENING, CLOSING)))


def _strong(said: str) -> Markup:
    text = str(escape(said))
    marked = text.replace(OPENING, "<strong>").replace(CLOSING, "</strong>")
    return Markup(marked)  # noqa: S704 - escaped above; only our two tags are added
