"""The same figures for machines: unclamped, unrounded, with one letter where there is no number."""

from typing import Any

from foyer_protocol.rounds.agreeing import AgreedNumber
from foyer_web.parts import PartsView
from foyer_web.telling import SpreadView
from foyer_web.views import Band, FigureView, RoundView

NOTE = (
    "Estimates are as released: they carry noise, may lie outside what is possible "
    "(a count below 0, a share above 1), and parts need not add up to totals. "
    "Those under `adjusted`, worked out from them, agree with each other."
)

Document = dict[str, Any]


def figure_document(figure: FigureView) -> Document:
    """A figure as JSON values. Holds `mine` only where the view does: on the node."""
    document: Document = {
        "key": figure.key,
        "title": figure.title,
        "question": figure.question,
        "unit": figure.unit.value,
        "currency": figure.currency or None,
        "round": figure.round_id or None,
        "institutions": _band(figure.institutions),
        "status": figure.status.value,
        "reason": figure.reason.value if figure.reason else None,
        "code": figure.code,
        "note": NOTE,
    }
    if figure.shown and figure.cells:
        document["cells"] = [
            {"code": cell.code, "estimate": cell.estimate, "low": cell.low, "high": cell.high}
            | ({"mine": cell.mine} if cell.mine is not None else {})
            | _adjusted(cell.adjusted, "adjusted")
            | _adjusted(cell.of_all, "share")
            for cell in figure.cells
        ]
    elif figure.shown:
        document |= {"estimate": figure.estimate, "low": figure.low, "high": figure.high}
        document |= _adjusted(figure.adjusted, "adjusted")
    if figure.spread is not None:
        document["spread_of_institutions"] = _spread(figure.spread)
    if figure.shown and figure.parts is not None:
        document["check_by_groups"] = _parts(figure.parts)
    if figure.mine is not None:
        document["mine"] = figure.mine
    return document


def round_document(view: RoundView) -> Document:
    """A round and its figures as JSON values."""
    return {
        "round": view.round_id,
        "state": view.state.value,
        "period": {"starts": view.starts.isoformat(), "ends": view.ends.isoformat()},
        "released_on": view.released_on.isoformat() if view.released_on else None,
        "institutions": _band(view.institutions),
        "privacy": {"rho": view.rho, "epsilon": view.epsilon, "delta": view.delta},
        "noise": [
            {"family": line.family, "standard_deviation": line.standard_deviation, "rho": line.rho}
            for line in view.noise
        ],
        "plan_hash": view.plan_hash,
        "roster": {"epoch": view.roster_epoch, "hash": view.roster_hash},
        "release_hash": view.release_hash,
        "figures": [figure_document(figure) for figure in view.figures],
        "withheld": [
            {"key": entry.key, "reason": entry.reason.value if entry.reason else None}
            for entry in view.withheld
        ],
    }


def _adjusted(number: AgreedNumber | None, name: str) -> Document:
    """A number that agrees with the others under `name`; nothing where there is none."""
    if number is None:
        return {}
    return {name: {"estimate": number.estimate, "low": number.low, "high": number.high}}


def _spread(spread: SpreadView) -> Document:
    """Quartiles of the institutions' own values, the lowest first; none where it is withheld."""
    return {
        "reason": spread.reason or None,
        "quartiles": [
            {"low": one.low, "estimate": one.estimate, "high": one.high} for one in spread.quartiles
        ],
    }


def _parts(parts: PartsView) -> Document:
    """Of a histogram, values are distances and the middle is in cells; else it is a number."""
    document: Document = {
        "outcome": parts.accord.value,
        "groups": parts.count,
        "values": list(parts.values),
        "allowed": parts.allowed,
    }
    if parts.cells:
        return document | {"cells": [{"code": code, "middle": x} for code, x in parts.cells]}
    return document | ({"middle": parts.middle} if parts.values else {})


def _band(band: Band | None) -> Document | None:
    return None if band is None else {"least": band.least, "most": band.most}
