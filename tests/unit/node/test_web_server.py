"""The pages come and go with the node, and a taken port costs the pages only."""

import logging
import re
import socket
import threading
import time
import urllib.request
from types import SimpleNamespace

import pytest
from tests.support.local_node import TODAY, make_local_node

from foyer_node.doctor import Finding, Findings, Mark
from foyer_node.web.findings import KeptFindings
from foyer_node.web.own_overview import own_overview
from foyer_node.web.server import URL_FILE, serve_local, serve_pages
from foyer_protocol.errors import ConfigError, NothingImported

GOOD = Findings(all=(Finding(name="disk", mark=Mark.GOOD, text="well"),))


def on_port(config, port):
    return config.model_copy(update={"web": config.web.model_copy(update={"port": port})})


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    return on_port(make_local_node(tmp_path_factory.mktemp("served")), 0)


WAIT_SECONDS = 30
"""For what takes milliseconds, on a machine that does other things too."""


def wait_for(path):
    for _ in range(20 * WAIT_SECONDS):
        if path.exists() and (text := path.read_text()):
            return text
        time.sleep(0.05)
    raise AssertionError(f"{path.name} never came")


def test_the_pages_are_served_at_the_written_address_until_told_to_stop(config):
    stop = threading.Event()
    told = []
    thread = threading.Thread(
        target=serve_local, args=(config, stop), kwargs={"announce": told.append}
    )
    thread.start()
    try:
        url = wait_for(config.path(URL_FILE))
        assert re.fullmatch(r"http://127\.0\.0\.1:[1-9]\d+/", url)
        with urllib.request.urlopen(url + "en/", timeout=WAIT_SECONDS) as answer:
            assert b"Kanal &amp; Kompagni" in answer.read()
            assert answer.headers["server"] is None
    finally:
        stop.set()
        thread.join(WAIT_SECONDS)
    assert not thread.is_alive()
    assert told == [url]
    assert not config.path(URL_FILE).exists()


def test_a_taken_port_is_said_and_the_node_goes_on(config, caplog):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        busy = on_port(config, taken.getsockname()[1])
        with pytest.raises(ConfigError, match="the local pages cannot listen"):
            serve_local(busy, threading.Event())
        stop = threading.Event()
        with caplog.at_level(logging.ERROR, "foyer.node.web"):
            serve_pages(SimpleNamespace(config=busy), stop)
    assert "[config]" in caplog.text
    assert not stop.is_set()
    assert not busy.path(URL_FILE).exists()


def test_own_figures_need_no_network(config, tmp_path):
    shown = own_overview(config, TODAY)
    assert not shown.released
    assert shown.figure("volume.bookers").mine == 15
    with pytest.raises(NothingImported):
        own_overview(config.model_copy(update={"folder": tmp_path}), TODAY)


def test_the_doctor_is_asked_once_a_minute_and_not_by_every_reader():
    asked, now = [], [100.0]

    def examine():
        asked.append(now[0])
        return GOOD

    kept = KeptFindings(examine, clock=lambda: now[0])
    assert kept.latest() is kept.latest() is GOOD
    assert asked == [100.0]
    now[0] = 161.0
    kept.latest()
    for _ in range(50 * WAIT_SECONDS):
        if len(asked) == 2:
            break
        time.sleep(0.02)
    assert asked == [100.0, 161.0]


def test_a_reader_does_not_wait_for_a_doctor_who_cannot_reach_anybody():
    release, done = threading.Event(), threading.Event()

    def examine():
        assert release.wait(WAIT_SECONDS)
        done.set()
        return GOOD

    assert KeptFindings(examine).latest() is None
    assert not done.is_set()
    release.set()
    assert done.wait(WAIT_SECONDS)
