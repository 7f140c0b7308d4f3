"""Looking at the sources of `node.toml`: now, or whenever one is due."""

import hashlib
import json
import logging
import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from foyer_node.adapters.pull_files import PullFiles
from foyer_node.adapters.watched_folder import new_files
from foyer_node.config import NodeConfig, PulledSource
from foyer_node.importing.pulling import PAGES_PER_BATCH, OrderFeed, pull_orders
from foyer_node.importing.schedule import SourceState, due
from foyer_node.ports import Source
from foyer_node.setup import FileHints, import_export, import_options
from foyer_node.wizard.describing import kept_mapping_of
from foyer_protocol.errors import ConfigError, FoyerError, NothingImported

log = logging.getLogger("foyer.node.pulls")

LOOK_SECONDS = 30.0
"""How often the running node asks what is due; the shortest interval is a minute."""

Wait = Callable[[float], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What looking at one source gave."""

    source: str
    files: int = 0  # imported
    refused: int = 0  # files that could not be imported as they are
    orders: int = 0  # pulled
    refusal: str = ""  # its stable code, "" where there was none
    message: str = ""


def pull_now(
    config: NodeConfig, names: Sequence[str] = (), wait: Wait = time.sleep
) -> list[Looked]:
    """Look at these sources, or at all, whether due or not.

    Raises:
        ConfigError: there is no such source, or there are none at all.
    """
    known = {source.name: source for source in config.sources}
    strangers = [name for name in names if name not in known]
    if strangers or not known:
        raise ConfigError(
            f"No source is called {strangers[0]!r}; nothing was pulled."
            if strangers
            else "No source is set up; nothing was pulled.",
            hint="Sources are under [[sources]] in node.toml.",
        )
    return [look_at(config, known[name], wait) for name in names or known]


def keep_pulling(config: NodeConfig, stop: threading.Event, clock: Callable[[], int]) -> None:
    """Look at each source when it is due, until `stop`."""
    known = {source.name: source for source in config.sources}
    every = {name: source.every_minutes for name, source in known.items()}
    files = PullFiles(config.folder)
    while not stop.wait(LOOK_SECONDS):
        try:
            for name in due(every, files.states(), clock()):
                if stop.is_set():
                    return
                looked = look_at(config, known[name], stop.wait, clock)
                if looked.refusal:
                    log.warning("source %s could not be pulled [%s]", name, looked.refusal)
        except FoyerError as refusal:
            log.warning("sources could not be looked at [%s]", refusal.code)


def look_at(
    config: NodeConfig,
    source: PulledSource,
    wait: Wait,
    clock: Callable[[], int] = lambda: int(time.time()),
) -> Looked:
    """Import what is new of one source, and remember how it went.

    A refusal is in the answer; what was imported before it stays.
    """
    files = PullFiles(config.folder)
    before = files.states().get(source.name, SourceState())
    files.keep(source.name, replace(before, tried_at=clock()))
    try:
        looked = _look(config, source, files, wait)
    except FoyerError as refused:
        looked = Looked(source=source.name, refusal=refused.code, message=refused.message)
    state = files.states()[source.name]
    failures = before.failures + 1 if looked.refusal else 0
    files.keep(source.name, replace(state, failures=failures, refusal=looked.refusal))
    return looked


def _look(config: NodeConfig, source: PulledSource, files: PullFiles, wait: Wait) -> Looked:
    if source.folder:
        return _look_into(config, source, files)
    return pull_shop(config, source, files, feed_of(config, source, wait))


def _look_into(config: NodeConfig, source: PulledSource, files: PullFiles) -> Looked:
    """Import each new file of a folder; one that is refused is not tried again as it is."""
    state = files.states()[source.name]
    taken, turned_away, code = 0, 0, ""
    for path, mark in new_files(config.path(source.folder), state.seen, time.time()):
        hints = FileHints(
            connector=source.connector or None,
            source_system=source.source or None,
            mapping=kept_mapping_of(config, path, source.connector),
        )
        try:
            import_export(config, path, apply=True, hints=hints)
            taken += 1
        except FoyerError as refusal:
            if refusal.code not in {"connector", "quarantine", NothingImported.code}:
                raise
            turned_away, code = turned_away + 1, refusal.code
        state = replace(state, seen={**state.seen, path.name: mark})
        files.keep(source.name, state)
    return Looked(source=source.name, files=taken, refused=turned_away, refusal=code)


def feed_of(config: NodeConfig, source: PulledSource, wait: Wait) -> OrderFeed:
    """The shop of a source, with its token read now.

    Raises:
        ConfigError: the token is not where the settings say.
    """
    from foyer_node.adapters.pretix_feed import PretixFeed  # noqa: PLC0415 - for shops only

    return PretixFeed(
        url=source.url,
        organizer=source.organizer,
        event=source.event,
        token=_token(config, source),
        wait=wait,
    )


def _token(config: NodeConfig, source: PulledSource) -> str:
    if source.token_env:
        token = os.environ.get(source.token_env, "").strip()
    else:
        try:
            token = config.path(source.token_file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeError):
            token = ""
    if not token or any(not 32 < ord(letter) < 127 for letter in token):
        raise ConfigError(
            f"The token of source {source.name} is not in {source.token_env or source.token_file};"
            " nothing was pulled.",
            hint="Make an API token in pretix under Teams, and put it there.",
        )
    return token


def pull_shop(
    config: NodeConfig,
    source: PulledSource,
    files: PullFiles,
    feed: OrderFeed,
    pages_per_batch: int = PAGES_PER_BATCH,
) -> Looked:
    """Import the changed orders of a shop; the cursor moves after each import."""
    from foyer_node.holdings import open_for_writing  # noqa: PLC0415 - slow to import
    from foyer_node.importing import pipeline  # noqa: PLC0415 - slow to import
    from foyer_node.leaving import delete_by_age  # noqa: PLC0415 - slow to import

    hints = FileHints(connector="pretix", source_system=source.source or None)
    options = import_options(config, hints)

    def take(document: Mapping[str, object]) -> None:
        content = json.dumps(document, sort_keys=True).encode()
        made = Source(sha256=hashlib.sha256(content).hexdigest(), tables=(), document=document)
        with open_for_writing(config) as (store, vault, secret):
            path = Path(f"{source.name}.json")  # there is no file: the document is in memory
            pipeline.apply(path, options, store, vault, secret, lambda _: made)
            delete_by_age(config, store, vault)

    def keep(cursor: str) -> None:
        state = files.states().get(source.name, SourceState())
        files.keep(source.name, replace(state, cursor=cursor))

    cursor = files.states().get(source.name, SourceState()).cursor
    pulled = pull_orders(feed, cursor, take, keep, pages_per_batch=pages_per_batch)
    return Looked(source=source.name, orders=pulled.orders)


def describe(looked: Iterable[Looked]) -> tuple[list[dict[str, object]], str]:
    """For a machine, and a line a source for people."""
    lines = []
    for one in looked:
        counts = f"{one.files} files, {one.refused} refused, {one.orders} orders"
        trouble = f"  [{one.refusal}] {one.message}".rstrip() if one.refusal else ""
        lines.append(f"{one.source}: {counts}{trouble}")
    return [asdict(one) for one in looked], "\n".join(lines)
