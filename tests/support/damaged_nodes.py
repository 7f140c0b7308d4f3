"""Ways in which a node's folder can be broken, and a folder that has every file to break."""

import shutil
from collections.abc import Callable
from pathlib import Path

from tests.support.certificates import ThrowAwayAuthority
from tests.support.local_node import make_local_node, plan_for, release_with
from tests.support.troubled_doors import closed_port

from foyer_node.adapters.outbox_files import Outbox
from foyer_node.app import Membership, keep_membership
from foyer_node.config import NodeConfig
from foyer_node.following import Network


def make_whole_node(folder: Path, *, control_port: int = 0, fleet_port: int = 0) -> NodeConfig:
    """An enrolled node with data, a round, an outbox and certificates; nobody answers it."""
    config = make_local_node(folder)
    plan = plan_for("season-2026")
    release_with(config, plan)
    config.path("plans").mkdir()
    config.path("plans", "season-2026.json").write_bytes(plan.to_json())
    Outbox(config.path("outbox"), lambda: 1_795_000_000).record(
        b"hello", channel="control", kind="hello"
    )
    config.path("pulls.json").write_text('{"till": {"failures": 1, "seen": {"a.csv": "1"}}}')
    authority = ThrowAwayAuthority(folder / "authority", "Nordic network")
    enrol(config, authority, control_port or closed_port(), fleet_port or closed_port())
    return config


def enrol(
    config: NodeConfig, authority: ThrowAwayAuthority, control_port: int, fleet_port: int
) -> None:
    """What enrolment leaves in a folder."""
    own, keys = authority.issue("node"), config.path("keys")
    (keys / "authority.pem").write_bytes(own.ca.read_bytes())
    (keys / "client.pem").write_bytes(own.certificate.read_bytes())
    (keys / "transport.key").write_bytes(own.key.read_bytes())
    (keys / "transport.key").chmod(0o600)
    network = Network(
        slug="nordic",
        institution=config.institution.slug,
        coordinator_key="ab" * 32,
        governance_keys=("cd" * 32,),
    )
    membership = Membership(
        network=network,
        control_address=f"localhost:{control_port}",
        fleet_address=f"localhost:{fleet_port}",
    )
    keep_membership(config, membership)


def files_of(folder: Path) -> list[Path]:
    """Every file of a node, without locks, by its place in the folder."""
    found = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return [path.relative_to(folder) for path in found if not path.name.endswith(".lock")]


def damages() -> dict[str, Callable[[Path], object]]:
    """Ways to break one file, by name."""
    return {
        "missing": Path.unlink,
        "torn": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
        "of another form": lambda path: path.write_bytes(b'[{"a": null}, 7]\n'),
        "a folder": _become_folder,
    }


def _become_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "inside").write_text("odd")


def copy_of(folder: Path, to: Path) -> Path:
    """A copy with the rights of its files."""
    shutil.copytree(folder, to, copy_function=shutil.copy2)
    return to
