"""From a histogram of residence to a map of tiles: a line a country, a tile a postal region.

A drawn map would need boundaries of ten countries' postcodes, which nobody publishes under
one licence; tiles of one size also keep a large empty region from looking important.
"""

from collections import defaultdict

from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.catalogue.measures import Residence
from foyer_protocol.catalogue.territories import FIRST_CHARACTERS
from foyer_web.charts import Chart, Row, Shape
from foyer_web.headlines import headline
from foyer_web.languages import N_
from foyer_web.rounding import possible
from foyer_web.views import CellView, FigureView, Kind, Status
from foyer_web.words import Words


def is_of_territories(figure: FigureView) -> bool:
    """Whether the figure's groups are postal regions.

    >>> from foyer_protocol.catalogue.entries import BOOKERS_TOTAL, RESIDENCE
    >>> from foyer_web.views import figure_of
    >>> is_of_territories(figure_of(RESIDENCE)), is_of_territories(figure_of(BOOKERS_TOTAL))
    (True, False)
    """
    statistic = CATALOGUE.get(figure.key)
    return statistic is not None and any(isinstance(leaf, Residence) for leaf in statistic.leaves)


def chart_of_tiles(figure: FigureView, words: Words) -> Chart | None:
    """The map, or None where the figure is not of territories or no tile may be shown.

    A country without a certain tile is left out: the table still names it.
    """
    if not figure.shown or figure.kind is not Kind.DISTRIBUTION:
        return None
    countries = _by_country(figure)
    rows = tuple(
        _tile(cell, figure, words, line)
        for line, cells in enumerate(countries.values())
        for cell in cells
    )
    if not rows:
        return None
    largest = max(row.high for row in rows)
    return Chart(
        shape=Shape.TILES,
        title=words.say(figure.title),
        description=f"{headline(figure, words)} {words.say(DARKER)}",
        rows=rows,
        ticks=((0.0, ""), (largest, "")),
    )


def _by_country(figure: FigureView) -> dict[str, list[CellView]]:
    """Tiles in the order of their postcodes, by country; the country with most comes first."""
    found: dict[str, list[CellView]] = defaultdict(list)
    for cell in figure.cells:
        country, _, first = cell.code.partition("-")
        if country in FIRST_CHARACTERS and first:
            found[country].append(cell)
    known = {
        country: cells
        for country, cells in found.items()
        if any(cell.status is Status.SHOWN for cell in cells)
    }
    return dict(sorted(known.items(), key=lambda one: -_certain(one[1])))


def _certain(cells: list[CellView]) -> float:
    return sum(cell.estimate for cell in cells if cell.status is Status.SHOWN)


def _tile(cell: CellView, figure: FigureView, words: Words, line: int) -> Row:
    country, _, first = cell.code.partition("-")
    low, estimate, high = (possible(end, figure.unit) for end in cell.told)
    shown = cell.status is Status.SHOWN
    return Row(
        label=first,
        text=words.rounded(*cell.told, figure.unit) if shown else "",
        low=low,
        estimate=estimate if shown else 0.0,
        high=high if shown else 0.0,
        place=float(FIRST_CHARACTERS[country].index(first)),
        line=f"{line:02d} {words.country(country)}",
    )


DARKER = N_("The darker a tile, the more bookers live there; an empty tile is too uncertain.")
