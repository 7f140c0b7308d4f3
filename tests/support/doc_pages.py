"""Every page of the docs that is generated whole, by its place in the repository.

`docs_generator.py` writes them, `tests/architecture/test_generated_docs.py` compares them.
"""

from collections.abc import Callable
from pathlib import Path

from tests.support import (
    doc_commands,
    doc_connectors,
    doc_data_model,
    doc_findings,
    doc_measured,
    doc_problems,
    doc_settings,
)

ROOT = Path(__file__).parents[2]

PAGES: dict[str, Callable[[], str]] = {
    "node/docs/reference-cli.md": doc_commands.node_page,
    "node/docs/reference-settings.md": doc_settings.node_page,
    "node/docs/connectors.md": doc_connectors.page,
    "node/docs/data-model.md": doc_data_model.page,
    "node/docs/troubleshooting.md": doc_findings.page,
    "coordinator/docs/reference-cli.md": doc_commands.coordinator_page,
    "protocol/docs/reference-governance.md": doc_commands.governance_page,
    "protocol/docs/reference-verify.md": doc_commands.verify_page,
    "coordinator/docs/reference-settings.md": doc_settings.coordinator_page,
    "coordinator/docs/measured.md": doc_measured.page,
    "protocol/docs/problems.md": doc_problems.page,
}


def write() -> None:
    """Write every page."""
    for name, render in PAGES.items():
        path = ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(render(), encoding="utf-8")
