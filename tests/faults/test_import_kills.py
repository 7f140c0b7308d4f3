"""kill -9 at any point of an import leaves the store as before it or as after it."""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.support.exports import House
from tests.support.import_under_fire import AFTER, BEFORE, Seen, seen, take

pytestmark = [pytest.mark.processes, pytest.mark.timeout(600)]

CHILD = (sys.executable, "-m", "tests.support.import_under_fire")
ROOT = Path(__file__).parents[2]
WRITES = ("openat", "write", "pwrite64", "fsync", "fdatasync", "ftruncate", "rename", "unlink")
"""Calls of the system by which a file changes or reaches the disk."""
FILES = ("store.duckdb", "store.duckdb.wal", "vault.duckdb", "vault.duckdb.wal")
KILLED = -9
MOST_POINTS = 400


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("before")
    house = House.open(folder)
    take(house, "before.csv", BEFORE)
    house.close()
    return folder


@pytest.fixture(scope="module")
def states(before: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Seen, Seen]:
    """What is seen before and after a whole import."""
    whole = tmp_path_factory.mktemp("whole") / "house"
    shutil.copytree(before, whole)
    assert run(whole) == (0, "")
    return seen(before), seen(whole)


@pytest.fixture(scope="module")
def calls(before: Path, tmp_path_factory: pytest.TempPathFactory) -> int:
    """How many calls of the database an import makes, the last being the store's close."""
    counted = tmp_path_factory.mktemp("counted") / "house"
    shutil.copytree(before, counted)
    status, told = run(counted, str(MOST_POINTS))
    assert status == 0
    return int(told)


def run(folder: Path, *call: str, under: Sequence[str] = ()) -> tuple[int, str]:
    """Exit status and what was printed."""
    done = subprocess.run(
        [*under, *CHILD, str(folder), *call], cwd=ROOT, check=False, stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    return done.returncode, done.stdout


def assert_whole(folder: Path, states: tuple[Seen, Seen]) -> None:
    """As before or as after, the vault never behind the store; and a second try finishes it."""
    was, done = states
    found = seen(folder)
    assert found.store in (was.store, done.store)
    assert found.identifiers in (was.identifiers, done.identifiers)
    assert found.store == was.store or found.identifiers == done.identifiers
    house = House.open(folder)
    take(house, "after.csv", AFTER)
    house.close()
    assert seen(folder) == done


def test_a_process_killed_before_any_call_of_the_database(
    before: Path, states: tuple[Seen, Seen], calls: int, tmp_path: Path
) -> None:
    assert calls > 40
    for call in range(1, calls + 1):
        folder = tmp_path / str(call)
        shutil.copytree(before, folder)
        assert run(folder, str(call)) == (KILLED, "")
        assert_whole(folder, states)
        shutil.rmtree(folder)


@pytest.mark.audit
def test_a_process_killed_at_any_write_to_its_files(
    before: Path, states: tuple[Seen, Seen], tmp_path: Path
) -> None:
    killed = 0
    for name in WRITES:
        for point in range(1, MOST_POINTS):
            folder = tmp_path / f"{name}-{point}"
            shutil.copytree(before, folder)
            paths = [word for file in FILES for word in ("-P", str(folder / file))]
            under = ["strace", "-f", "-qq", "-o", "/dev/null", *paths, "-e", f"trace={name}",
                     "-e", f"inject={name}:signal=KILL:when={point}"]  # fmt: skip
            status, _ = run(folder, under=under)
            assert_whole(folder, states)
            shutil.rmtree(folder)
            if status == 0:
                break
            killed += 1
    assert killed > 25


def test_a_log_cut_off_at_any_length_is_all_or_nothing(
    before: Path, states: tuple[Seen, Seen], calls: int, tmp_path: Path
) -> None:
    """As a power cut leaves it: the commit's bytes are the last thing that reaches the disk."""
    cut = tmp_path / "cut"
    shutil.copytree(before, cut)
    assert run(cut, str(calls)) == (KILLED, "")  # all is committed, nothing checkpointed
    log = (cut / "store.duckdb.wal").read_bytes()
    assert len(log) > 1000
    for length in [*range(0, len(log), max(1, len(log) // 60)), len(log) - 1, len(log)]:
        folder = tmp_path / f"cut-{length}"
        shutil.copytree(cut, folder)
        (folder / "store.duckdb.wal").write_bytes(log[:length])
        assert_whole(folder, states)
        shutil.rmtree(folder)
