"""The first reader of a chart does not wait for its engine, and no page waits for the warm-up."""

import subprocess
import sys
import time

from tests.support.sample_views import PAGES

from foyer_web.render import Pages
from foyer_web.warming import WarmUp

LOOK = """
import sys, time
from foyer_web.warming import WarmUp
warm = WarmUp()
assert not warm.wait(0)
began = time.monotonic()
warm(); warm()
assert time.monotonic() - began < 0.2
assert warm.wait(60)
assert "vl_convert" in sys.modules
"""


def test_it_returns_at_once_and_the_engine_is_loaded_behind():
    subprocess.run([sys.executable, "-c", LOOK], check=True, timeout=90)


def test_every_page_asks_for_it():
    asked = []
    pages = Pages(network="n", warm_up=lambda: asked.append(1))
    pages.page("sign_in", "en", **PAGES["sign_in"])
    pages.problem("not-found", "en", path="/x")
    assert asked == [1, 1]


def test_it_draws_once_however_often_it_is_asked():
    warm = WarmUp()
    warm()
    first = warm._thread
    warm()
    assert warm._thread is first
    assert warm.wait(60)
    assert time.monotonic() > 0
