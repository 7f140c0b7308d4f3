"""Promise: a demo house's own figures, exact, are what its invented books hold.

The books are read twice and by no common code: by `foyer_demo.truth` from the generator's
tables, and by a node from the export that the house would bring. What a node leaves out or
misreads shows here, where an interval around a pooled figure may still hold the truth.
"""

import json
from dataclasses import dataclass, replace
from fractions import Fraction

import pytest

from foyer_demo.exports import write_exports
from foyer_demo.truth import list_sales, pooled_truth, within
from foyer_demo.world import World, WorldConfig, generate
from foyer_node.app import reading_store
from foyer_node.config import read_config
from foyer_node.engine.extract import Extractor
from foyer_node.importing.report import ImportReport
from foyer_node.insight.own_figures import OwnFigure, own_figures
from foyer_node.setup import FileHints, import_export, make_node
from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.catalogue.layout import lay_out

WORLD = WorldConfig(institutions=12, scale=0.02)
PERIOD = WORLD.period
PLACES = 9
"""Digits to which a figure is computed in floating point at its very end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One house of the world, as its node read it."""

    world: World  # of this house alone
    report: ImportReport
    figures: dict[str, OwnFigure]


@pytest.fixture(scope="module")
def houses(tmp_path_factory) -> dict[str, Read]:
    folder = tmp_path_factory.mktemp("houses")
    world = generate(WORLD)
    books = {book.profile.slug: book for book in world.books}
    found = {}
    for files in write_exports(world, folder / "exports"):
        facts = json.loads(files.facts.read_text(encoding="utf-8"))
        make_node(folder / files.slug, **facts)
        config = read_config(folder / files.slug)
        report = import_export(config, files.export, apply=True, hints=FileHints())
        layout = lay_out(tuple(CATALOGUE.values()))
        with reading_store(config) as store:
            totals = Extractor(store).extract_exact(layout, PERIOD)
            figures = own_figures(layout, totals, PERIOD, store.facts())
        found[files.slug] = Read(
            world=replace(world, books=(books[files.slug],)),
            report=report,
            figures={one.key: one for one in figures},
        )
    return found


def knows_visitors(read: Read) -> bool:
    return read.world.books[0].profile.knows_visitors


def test_every_figure_of_every_house_that_knows_its_visitors_is_exactly_that_of_its_books(houses):
    knowing = {slug: read for slug, read in houses.items() if knows_visitors(read)}
    assert len(knowing) >= 10
    for slug, read in knowing.items():
        truth = pooled_truth(read.world, PERIOD)
        for key, value in truth.values.items():
            mine = read.figures[key].value
            assert mine is not None, (slug, key)
            assert mine == pytest.approx(float(value), abs=10**-PLACES), (slug, key)
        cells = read.figures["geography.residence"].cells
        assert cells is not None, slug
        assert {code: count for code, count in cells.items() if count} == truth.residence, slug


def test_a_till_has_the_tickets_and_the_prices_of_its_books_and_nobody(houses):
    tills = {slug: read for slug, read in houses.items() if not knows_visitors(read)}
    assert tills
    for slug, read in tills.items():
        sales = within(list_sales(read.world.books[0]), PERIOD)
        lines = [line for sale in sales for line in sale.lines]
        paid = [line for line in lines if line[1] > 0]
        price = Fraction(sum(cents for _, cents in paid), 100 * sum(count for count, _ in paid))
        tickets = sum(count for count, _ in lines)
        assert read.figures["volume.attendances"].value == tickets, slug
        assert read.figures["money.average_ticket_price"].value == pytest.approx(float(price)), slug
        assert read.figures["volume.bookers"].value is None, slug
