"""Small rooms: a module over 300 lines has a named reason, or is split."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = (
    "protocol/foyer_protocol",
    "protocol/foyer_governance",
    "node/foyer_node",
    "coordinator/foyer_coordinator",
    "web/foyer_web",
    "deploy/foyer_demo",
)
MOST_LINES = 300
GENERATED = ("control_pb2.py", "control_pb2_grpc.py")

REASONS: dict[str, str] = {}
"""Modules that may be longer, with the reason."""

FORBIDDEN_NAMES = {"utils", "helpers", "common", "base", "manager", "handler"}


def modules() -> list[Path]:
    """Every module that we wrote."""
    found = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    return [path for path in found if path.name not in GENERATED]


def test_the_packages_are_where_the_house_says() -> None:
    assert all((ROOT / package / "__init__.py").exists() for package in PACKAGES)


def test_no_module_passes_three_hundred_lines_without_a_reason() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in modules()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES
    }
    assert set(long) <= set(REASONS), long


def test_every_named_reason_is_still_needed() -> None:
    for name in REASONS:
        assert len((ROOT / name).read_text(encoding="utf-8").splitlines()) > MOST_LINES


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert not [path for path in modules() if path.stem in FORBIDDEN_NAMES]
