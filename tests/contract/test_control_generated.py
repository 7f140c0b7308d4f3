"""The committed protobuf modules are what `control.proto` says today.

Run this file as a program to write them anew:
`.venv/bin/python tests/contract/test_control_generated.py`
"""

import subprocess
import sys
from pathlib import Path

import pytest

PROTOCOL = Path(__file__).parents[2] / "protocol"
SOURCE = "foyer_protocol/control.proto"
GENERATED = ("control_pb2.py", "control_pb2.pyi", "control_pb2_grpc.py", "control_pb2_grpc.pyi")


def generate(into: Path) -> None:
    """Run the compiler with the plugins of this environment."""
    scripts = Path(sys.executable).parent
    command = [
        sys.executable,
        "-m",
        "grpc_tools.protoc",
        f"--proto_path={PROTOCOL}",
        f"--plugin=protoc-gen-mypy={scripts / 'protoc-gen-mypy'}",
        f"--plugin=protoc-gen-mypy_grpc={scripts / 'protoc-gen-mypy_grpc'}",
        *(f"--{kind}_out={into}" for kind in ("python", "grpc_python", "mypy", "mypy_grpc")),
        SOURCE,
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=60)


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    folder = tmp_path_factory.mktemp("generated")
    generate(folder)
    return folder / "foyer_protocol"


@pytest.mark.parametrize("name", GENERATED)
def test_the_committed_module_is_what_the_contract_generates(fresh, name):
    committed = PROTOCOL / "foyer_protocol" / name
    assert committed.read_text() == (fresh / name).read_text()


def test_no_generated_module_is_forgotten(fresh):
    assert sorted(path.name for path in fresh.iterdir()) == sorted(GENERATED)


if __name__ == "__main__":
    generate(PROTOCOL)
