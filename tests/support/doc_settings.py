"""Reference pages of the settings, from the models that read them."""

import inspect
from typing import get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from tests.support.doc_commands import NOTE

from foyer_coordinator.config import CoordinatorConfig
from foyer_node.config import NodeConfig

PATTERNS = {
    "^[A-Z]{3}$": "three letters, ISO 4217",
    "^[A-Z]{2}$": "two letters, ISO 3166-1",
    "^[a-z]{2}$": "two letters, ISO 639-1",
    "^[A-Z_]+$": "capitals and underscores",
    "^(XS|S|M|L|XL)$": "XS, S, M, L or XL",
}
"""Patterns that have shorter words."""


def node_page() -> str:
    """`node.toml`."""
    return _page(NodeConfig, "node.toml", "foyer_node/config.py")


def coordinator_page() -> str:
    """`coordinator.toml`."""
    return _page(CoordinatorConfig, "coordinator.toml", "foyer_coordinator/config.py")


def _page(config: type[BaseModel], name: str, module: str) -> str:
    parts = [
        f"# `{name}`",
        NOTE.format(module=module),
        "Read once, when a command starts. A setting that does not exist is refused by name."
        f" Secrets are never in it. A sample is in `deploy/samples/{name}`.",
    ]
    for section, declared in config.model_fields.items():
        kind = declared.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            parts.append(_section(f"[{section}]", kind))
        for one in get_args(kind):
            if isinstance(one, type) and issubclass(one, BaseModel):
                parts.append(_section(f"[[{section}]]", one))
    return "\n\n".join(parts) + "\n"


def _section(name: str, kind: type[BaseModel]) -> str:
    rows = [
        f"| `{setting}` | {_form(field)} | {_default(field)} |"
        for setting, field in kind.model_fields.items()
    ]
    table = "\n".join(["| Setting | Form | Default |", "|---|---|---|", *rows])
    return f"## `{name}`\n\n{inspect.cleandoc(kind.__doc__ or '')}\n\n{table}"


def _form(field: FieldInfo) -> str:
    annotation = field.annotation
    words = [str(getattr(annotation, "__name__", annotation))]
    words = [{"str": "text", "int": "whole number", "bool": "true or false"}.get(*words * 2)]
    if words == ["tuple"]:
        words = ["list of text"]
    if words == ["float"]:
        words = ["number"]
    for limit in field.metadata:
        pattern = getattr(limit, "pattern", None)
        if pattern is not None:
            words.append(PATTERNS.get(pattern, f"matching `{pattern}`"))
        for bound, word in (("ge", "at least"), ("gt", "above"), ("le", "at most")):
            if (value := getattr(limit, bound, None)) is not None:
                words.append(f"{word} {value}")
    return ", ".join(words).replace("|", "\\|")


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    default = field.default
    shown = {"True": "true", "False": "false", "()": "[]"}.get(str(default), str(default))
    return f'`"{shown}"`' if isinstance(default, str) else f"`{shown}`"
