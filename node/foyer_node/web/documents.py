"""The pages' JSON twins. They hold one's own exact numbers and are served to this house only."""

from typing import Any

from foyer_node.doctor import describe as describe_finding
from foyer_node.insight.comparison import Own
from foyer_node.outbox import describe, explain
from foyer_node.web.node_views import Shown
from foyer_node.web.ports import LocalNode
from foyer_protocol.messages.codec import fraction_text
from foyer_web.document import figure_document, round_document
from foyer_web.telling import standing
from foyer_web.views import FigureView

Document = dict[str, Any]


def overview_document(node: LocalNode, shown: Shown | None) -> Document:
    """The latest release with mine, or mine alone (`released` false)."""
    document: Document = {
        "institution": node.config.institution.slug,
        "network": node.network() or None,
        "members": node.members() or None,
        "released": shown is not None and shown.released,
    }
    return document | (shown_document(shown) if shown else {"figures": []})


def shown_document(shown: Shown) -> Document:
    """A round with its figures."""
    figures = [own_document(figure, shown.own) for figure in shown.round.figures]
    return round_document(shown.round) | {"figures": figures}


def own_document(figure: FigureView, own: Own) -> Document:
    """A figure with mine, all of my cells, or the reason why there is none."""
    mine = own.get(figure.key)
    document = figure_document(figure) | {"includes_mine": figure.includes_mine}
    if figure.spread is not None and figure.mine is not None:
        place = standing(figure.spread, figure.mine)
        document["standing"] = place.value if place else None
    if mine is None:
        return document
    if mine.cells is not None:
        document["mine_by_group"] = {code: count for code, count in mine.cells.items() if count}
    return document | {"mine_absent": mine.reason.value or None}


def status_document(node: LocalNode) -> Document:
    """Health, imports and budget (zCDP, exact fractions)."""
    findings = node.findings()
    used, cap = node.budget()
    imports = [
        {
            "source": batch.source_system,
            "connector": batch.connector,
            "applied_at": batch.applied_at.isoformat(),
            "rows": batch.rows,
            "rejected": batch.rejected,
        }
        for batch in node.batches()
    ]
    return {
        "status": findings.exit_status if findings else None,
        "findings": [describe_finding(found) for found in findings.all] if findings else [],
        "imports": imports,
        "budget": {"spent": fraction_text(used), "cap": fraction_text(cap)},
    }


def outbox_document(node: LocalNode) -> Document:
    """The whole index, oldest first."""
    return {"messages": [describe(sent) for sent in node.sent()]}


def message_document(node: LocalNode, number: int) -> Document | None:
    """One message, explained and whole."""
    for sent in node.sent():
        if sent.number == number:
            content = node.content(number)
            return {**describe(sent), "parts": explain(sent, content), "hex": content.hex()}
    return None
