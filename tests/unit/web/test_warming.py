"""The first reader of a chart does not wait for its engine, and no page waits for the warm-up."""

import subprocess
import sys

from tests.support.sample_views import PAGES

from foyer_web.render import Pages
from foyer_web.warming import WarmUp

LOOK = """
import sys, threading
from foyer_web.warming import WarmUp

class Gate:
    # keeps the engine from being found before it is opened
    opened = threading.Event()
    def find_spec(self, name, path=None, target=None):
        if name == "vl_convert":
            self.opened.wait()

sys.meta_path.insert(0, Gate())
warm = WarmUp()
assert not warm.wait(0)
warm(); warm()
assert not warm.wait(0)
Gate.opened.set()
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
