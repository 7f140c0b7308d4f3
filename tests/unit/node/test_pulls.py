"""Promise: a source is looked at by itself, loses nothing, and never shows its token."""

import json
import logging
import os
import shutil
import threading
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.local_node import FACTS, write_canaries
from tests.support.pretix_shop import TOKEN, Shop, an_order, serving
from typer.testing import CliRunner

from foyer_node.adapters.pretix_feed import ATTEMPTS, PretixFeed
from foyer_node.adapters.pull_files import PullFiles
from foyer_node.app import reading_store
from foyer_node.cli import app
from foyer_node.config import NodeConfig, read_config
from foyer_node.importing.pulling import OrderPage, pull_orders
from foyer_node.importing.schedule import MOST_WAIT_SECONDS, SourceState, due
from foyer_node.pulls import feed_of, keep_pulling, look_at, pull_now, pull_shop
from foyer_node.setup import make_node
from foyer_protocol.errors import ConfigError, StorageError

CANARY = "canary7f3a"


@pytest.fixture
def shop():
    with serving(Shop(orders=[an_order(number, number * 10) for number in range(10)])) as shop:
        yield shop


def a_node(folder: Path, sources: str) -> NodeConfig:
    if not (folder / "node.toml").exists():
        make_node(folder, **{**FACTS, "currency": "DKK"})
    kept = (folder / "node.toml").read_text(encoding="utf-8")
    (folder / "node.toml").write_text(kept + sources, encoding="utf-8")
    return read_config(folder)


@pytest.fixture
def node(shop, tmp_path):
    config = a_node(
        tmp_path / "node",
        f"""
[[sources]]
name = "shop"
url = "{shop.address}"
organizer = "house"
event = "winter"
token_file = "keys/pretix.token"
""",
    )
    config.path("keys", "pretix.token").write_text(TOKEN + "\n", encoding="utf-8")
    return config


def tickets(config: NodeConfig) -> list[tuple[int, ...]]:
    """Orders, tickets that stand, and what was paid for them."""
    with reading_store(config) as store:
        return store.execute_measure(
            'SELECT count(DISTINCT "order"), sum(quantity), sum(paid_minor) FROM eligible_line', ()
        )


def waits() -> tuple[list[float], "object"]:
    kept: list[float] = []
    return kept, kept.append


def test_every_page_is_imported_and_the_cursor_is_the_last_change(node, shop):
    (looked,) = pull_now(node)
    assert (looked.orders, looked.refusal) == (10, "")
    assert tickets(node) == [(10, 10, 240_000)]
    assert PullFiles(node.folder).states()["shop"].cursor == shop.orders[-1]["last_modified"]


def test_a_second_pull_asks_for_changes_only_and_changes_nothing(node, shop):
    pull_now(node)
    shop.asked.clear()
    (looked,) = pull_now(node)
    orders = [path for path in shop.asked if "/orders/" in path]
    assert len(orders) == 1
    assert "modified_since=2026-01-14T09%3A58" in orders[0]  # the overlap included
    assert looked.refusal == ""
    assert tickets(node) == [(10, 10, 240_000)]


def test_an_order_that_changed_in_the_shop_changes_in_the_store(node, shop):
    pull_now(node)
    shop.change(an_order(3, 500, status="c"))
    shop.change(an_order(11, 501))
    (looked,) = pull_now(node)
    assert looked.orders == 3  # the two and the last one of before
    assert tickets(node) == [(10, 10, 240_000)]


def test_an_order_that_moves_while_we_read_is_neither_lost_nor_are_those_behind_it(node, shop):
    """Where pages go by number, the order after the gap would slip onto a page already read."""
    moved = []

    def move(shop: Shop, path: str) -> None:
        if path.endswith("/orders/") and len(moved) < 4:
            moved.append(path)
            if len(moved) > 1:
                shop.change(an_order(len(moved) - 2, 1000 + len(moved)))

    shop.before = move
    pull_now(node)
    assert tickets(node) == [(10, 10, 240_000)]


def test_more_orders_of_one_moment_than_fit_a_page_are_all_read(node, shop):
    shop.orders = [an_order(number, 60) for number in range(8)] + [an_order(9, 70)]
    (looked,) = pull_now(node)
    assert looked.orders == 9
    assert tickets(node) == [(9, 9, 216_000)]


class Killed(BaseException):
    """The process ends here."""


@dataclass
class Dying:
    """A feed whose process is killed when it is asked for page `last`."""

    inner: PretixFeed
    last: int
    asked: int = field(default=0)

    def shop(self):
        return self.inner.shop()

    def page(self, since: str, number: int) -> OrderPage:
        self.asked += 1
        if self.asked == self.last:
            raise Killed
        return self.inner.page(since, number)


@pytest.mark.parametrize("last", [1, 2, 3, 4])
def test_a_pull_that_dies_between_pages_is_taken_up_where_the_store_is(node, shop, last):
    (source,) = node.sources
    files, asked = PullFiles(node.folder), waits()[1]
    dying = Dying(feed_of(node, source, asked), last)
    with pytest.raises(Killed):
        pull_shop(node, source, files, dying, pages_per_batch=1)
    cursor = files.states().get("shop", SourceState()).cursor
    shop.asked.clear()
    pull_now(node)
    first = next(path for path in shop.asked if "/orders/" in path)
    assert ("modified_since" in first) == bool(cursor)
    assert tickets(node) == [(10, 10, 240_000)]


def test_the_cursor_never_runs_ahead_of_what_was_applied(shop):
    steps: list[str] = []
    feed = PretixFeed(
        url=shop.address, organizer="house", event="winter", token=TOKEN, wait=lambda _: None
    )

    def take(document) -> None:
        steps.append(max(order["last_modified"] for order in document["orders"]))
        if len(steps) == 3:
            raise StorageError("the disk is full")

    kept: list[str] = []
    with pytest.raises(StorageError):
        pull_orders(feed, "", take, kept.append, pages_per_batch=1)
    assert kept == steps[:2]


def test_a_busy_shop_is_asked_again_after_the_time_it_names(node, shop):
    shop.trouble = [429, 503, 500]
    waited, wait = waits()
    looked = look_at(node, node.sources[0], wait)
    assert looked.refusal == ""
    assert waited == [7.0, 2.0, 4.0]


def test_a_shop_that_stays_busy_is_given_up_and_tried_later(node, shop):
    shop.trouble = [503] * ATTEMPTS
    waited, wait = waits()
    looked = look_at(node, node.sources[0], wait, lambda: 1000)
    state = PullFiles(node.folder).states()["shop"]
    assert (looked.refusal, state.failures, state.cursor) == ("connector", 1, "")
    assert len(waited) == ATTEMPTS - 1
    assert due({"shop": 60}, {"shop": state}, 1000 + 3600) == []
    assert due({"shop": 60}, {"shop": state}, 1000 + 7200) == ["shop"]


def test_a_shop_that_nobody_serves_is_given_up_with_a_reason(node, shop):
    config = node.model_copy(
        update={"sources": (node.sources[0].model_copy(update={"url": "http://127.0.0.1:9"}),)}
    )
    looked = look_at(config, config.sources[0], lambda _: None)
    assert looked.refusal == "connector"
    assert "ConnectError" in looked.message


def test_a_refused_token_is_said_and_neither_shown_nor_logged(node, shop, caplog):
    caplog.set_level(logging.DEBUG)
    node.path("keys", "pretix.token").write_text("another-token", encoding="utf-8")
    (looked,) = pull_now(node)
    assert looked.refusal == "config"
    said = repr(looked) + caplog.text + repr(feed_of(node, node.sources[0], lambda _: None))
    said += node.path("pulls.json").read_text(encoding="utf-8")
    assert "another-token" not in said


def test_neither_token_nor_visitor_is_in_a_log_or_the_kept_state(node, shop, caplog):
    caplog.set_level(logging.DEBUG)
    (looked,) = pull_now(node)
    said = caplog.text + repr(looked) + node.path("pulls.json").read_text(encoding="utf-8")
    assert TOKEN not in said
    assert CANARY not in said.lower()


def test_a_token_may_come_from_the_environment_and_its_absence_is_named(node, monkeypatch):
    source = node.sources[0].model_copy(update={"token_file": "", "token_env": "SHOP_TOKEN"})
    with pytest.raises(ConfigError, match="SHOP_TOKEN"):
        feed_of(node, source, lambda _: None)
    monkeypatch.setenv("SHOP_TOKEN", TOKEN)
    assert feed_of(node, source, lambda _: None).token == TOKEN


@pytest.mark.parametrize("status", [302, 400, 404, 418])
def test_an_answer_that_is_no_list_is_refused_at_once(node, shop, status):
    shop.trouble = [status]
    waited, wait = waits()
    assert look_at(node, node.sources[0], wait).refusal in {"connector", "config"}
    assert waited == []


def a_folder_node(tmp_path: Path) -> tuple[NodeConfig, Path]:
    drop = tmp_path / "drop"
    drop.mkdir()
    text = f'\n[[sources]]\nname = "till"\nfolder = "{drop}"\nevery_minutes = 5\n'
    config = a_node(tmp_path / "node", text)
    return config, drop


def put(path: Path, age: float = 60) -> Path:
    then = path.stat().st_mtime - age
    os.utime(path, (then, then))
    return path


def test_a_file_in_a_watched_folder_is_imported_once(tmp_path):
    config, drop = a_folder_node(tmp_path)
    put(write_canaries(drop / "sales.csv"))
    assert [one.files for one in pull_now(config)] == [1]
    assert [one.files for one in pull_now(config)] == [0]
    put(write_canaries(drop / "sales.csv"), age=30)
    assert [one.files for one in pull_now(config)] == [1]
    assert tickets(config)[0][0] == 60


def test_a_file_that_is_still_being_written_waits(tmp_path):
    config, drop = a_folder_node(tmp_path)
    write_canaries(drop / "sales.csv")
    (drop / ".hidden.csv").write_text("x", encoding="utf-8")
    (drop / "notes.pdf").write_text("x", encoding="utf-8")
    assert [one.files for one in pull_now(config)] == [0]


def test_a_refused_file_is_said_once_and_the_others_are_taken(tmp_path):
    config, drop = a_folder_node(tmp_path)
    (drop / "odd.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    put(drop / "odd.csv", age=90)
    put(write_canaries(drop / "sales.csv"))
    (looked,) = pull_now(config)
    assert (looked.files, looked.refused, looked.refusal) == (1, 1, "connector")
    (again,) = pull_now(config)
    assert (again.files, again.refused, again.refusal) == (0, 0, "")


def test_a_folder_that_is_gone_is_said(tmp_path):
    config, drop = a_folder_node(tmp_path)
    shutil.rmtree(drop)
    (looked,) = pull_now(config)
    assert looked.refusal == "config"


def test_the_running_node_looks_by_itself_and_stops_when_told(tmp_path, monkeypatch):
    config, drop = a_folder_node(tmp_path)
    put(write_canaries(drop / "sales.csv"))
    stop = threading.Event()

    class Once(threading.Event):
        """Lets one look pass, then says stop."""

        looks = 0

        def wait(self, timeout: float | None = None) -> bool:
            self.looks += 1
            return self.looks > 1

    once = Once()
    keep_pulling(config, once, lambda: 5000)
    assert once.looks == 2
    assert not stop.is_set()
    assert PullFiles(config.folder).states()["till"].tried_at == 5000
    assert tickets(config)[0][0] == 60


def test_a_damaged_state_is_said_and_not_guessed(tmp_path):
    (tmp_path / "pulls.json").write_text("[1", encoding="utf-8")
    with pytest.raises(StorageError, match="damaged"):
        PullFiles(tmp_path).states()


def test_the_command_says_how_each_source_went(node, shop):
    run = CliRunner().invoke(app, ["pull", "--dir", str(node.folder), "--as", "json"])
    assert run.exit_code == 0
    assert json.loads(run.stdout)[0]["orders"] == 10
    shop.trouble = [404]
    run = CliRunner().invoke(app, ["pull", "shop", "--dir", str(node.folder)])
    assert run.exit_code == 1
    assert "[config]" in run.stdout
    assert CliRunner().invoke(app, ["pull", "nobody", "--dir", str(node.folder)]).exit_code == 10


@pytest.mark.parametrize(
    "settings",
    [
        "",
        'folder = "x"\nurl = "https://x.example"',
        'url = "https://x.example"\ntoken_env = "X"',
        'url = "https://x.example"\norganizer = "a"\nevent = "b"',
        'url = "http://x.example"\norganizer = "a"\nevent = "b"\ntoken_env = "X"',
        'url = "https://x.example"\norganizer = "a/../b"\nevent = "b"\ntoken_env = "X"',
        'url = "https://x.example"\norganizer = ".."\nevent = "b"\ntoken_env = "X"',
        'folder = "x"\nevery_minutes = 0',
        'folder = "x"\ntoken = "secret"',
        'folder = "x"\n[[sources]]\nname = "till"\nfolder = "y"',
    ],
)
def test_a_source_that_cannot_be_is_refused_by_name(settings, tmp_path):
    with pytest.raises(ConfigError, match=r"sources|node\.toml"):
        a_node(tmp_path / "node", f'\n[[sources]]\nname = "till"\n{settings}\n')


names = st.dictionaries(st.sampled_from("abcd"), st.integers(1, 10_080), min_size=1)
states = st.dictionaries(
    st.sampled_from("abcd"),
    st.builds(SourceState, tried_at=st.integers(0, 10**6), failures=st.integers(0, 100)),
)


@given(names, states, st.integers(0, 10**7))
def test_what_is_due_is_due_until_it_is_tried_and_at_least_once_a_day(every, known, now):
    found = due(every, known, now)
    assert set(found) <= set(every)
    for name, minutes in every.items():
        state = known.get(name, SourceState())
        waited = now - state.tried_at
        if state.tried_at == 0 or waited >= max(MOST_WAIT_SECONDS, minutes * 60):
            assert name in found
        if name in found and state.tried_at and waited >= 0:
            assert waited >= minutes * 60
        tried = {**known, name: SourceState(tried_at=max(now, 1), failures=state.failures)}
        assert name not in due(every, tried, max(now, 1))
