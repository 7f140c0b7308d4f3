"""axe-core's rules for WCAG 2.2 AA on a page, or a visible skip where axe is not there.

It is npm's package `axe-core` (MPL 2.0, not part of Foyer): `npm install axe-core` beside the
checkout, or name its `axe.min.js` in the environment as FOYER_AXE.
"""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page

_BESIDE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_RUN = "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})"


def axe_script() -> Path:
    """Where axe is; skips the test if it is nowhere."""
    path = Path(os.environ.get("FOYER_AXE", _BESIDE))
    if not path.is_file():
        pytest.skip("no axe-core here: `npm install axe-core`, or set FOYER_AXE")
    return path


def violations(page: Page, script: Path) -> list[tuple[str, int]]:
    """The rules that the page breaks, each with how often. Our policy allows no inline script."""
    page.evaluate(script.read_text(encoding="utf-8"))
    found = page.evaluate(_RUN, _RULES)
    return [(rule["id"], len(rule["nodes"])) for rule in found["violations"]]
