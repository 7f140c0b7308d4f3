"""kill -9 at any point of an import leaves the store as before it or as after it."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.support.exports import House
from tests.support.import_under_fire import AFTER, BEFORE, Seen, look, seen, take

pytestmark = [pytest.mark.processes, pytest.mark.timeout(600)]

CHILD = (sys.executable, "-m", "tests.support.import_under_fire")
ROOT = Path(__file__).parents[2]
WRITES = ("openat", "write", "pwrite64", "fsync", "fdatasync", "ftruncate", "rename", "unlink")
"""Calls of the system by which a file changes or reaches the disk."""
FILES = ("store.duckdb", "store.duckdb.wal", "vault.duckdb", "vault.duckdb.wal")
KILLED = -9
MOST_POINTS = 400
Fire = Callable[[Path, int], tuple[int, str]]
"""Import into a folder, be killed at a call of the database; exit status and what was told."""


@pytest.fixture(scope="module")
def fire() -> Iterator[Fire]:
    """All imports are forks of one process that has loaded our program."""
    env = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # safe to fork
    with subprocess.Popen(
        CHILD, cwd=ROOT, env=env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdin is not None
        assert parent.stdout is not None
        asked, told = parent.stdin, parent.stdout

        def once(folder: Path, call: int) -> tuple[int, str]:
            print(json.dumps([str(folder), call]), file=asked, flush=True)
            status, words = json.loads(told.readline())
            return status, words

        yield once
        asked.close()
    assert parent.returncode == 0


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
    subprocess.run([*CHILD, str(whole)], cwd=ROOT, check=True)
    return seen(before), seen(whole)


@pytest.fixture(scope="module")
def calls(before: Path, fire: Fire, tmp_path_factory: pytest.TempPathFactory) -> int:
    """How many calls of the database an import makes, the last being the store's close."""
    counted = tmp_path_factory.mktemp("counted") / "house"
    shutil.copytree(before, counted)
    status, told = fire(counted, MOST_POINTS)
    assert status == 0
    return int(told)


def assert_whole(folder: Path, states: tuple[Seen, Seen]) -> None:
    """As before or as after, the vault never behind the store; and a second try finishes it."""
    was, done = states
    house = House.open(folder)
    found = look(house)
    assert found.store in (was.store, done.store)
    assert found.identifiers in (was.identifiers, done.identifiers)
    assert found.store == was.store or found.identifiers == done.identifiers
    take(house, "after.csv", AFTER)
    house.close()
    assert seen(folder) == done


def test_a_process_killed_before_any_call_of_the_database(
    before: Path, states: tuple[Seen, Seen], calls: int, fire: Fire, tmp_path: Path
) -> None:
    assert calls > 30
    for call in range(1, calls + 1):
        folder = tmp_path / str(call)
        shutil.copytree(before, folder)
        assert fire(folder, call) == (KILLED, "")
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
            done = subprocess.run([*under, *CHILD, str(folder)], cwd=ROOT, check=False)
            assert_whole(folder, states)
            shutil.rmtree(folder)
            if done.returncode == 0:
                break
            killed += 1
    assert killed > 25


@pytest.mark.parametrize("cuts", [20, pytest.param(60, marks=pytest.mark.audit)])
def test_a_log_cut_off_at_any_length_is_all_or_nothing(
    before: Path, states: tuple[Seen, Seen], calls: int, fire: Fire, tmp_path: Path, cuts: int
) -> None:
    """As a power cut leaves it: the commit's bytes are the last thing that reaches the disk."""
    cut = tmp_path / "cut"
    shutil.copytree(before, cut)
    assert fire(cut, calls) == (KILLED, "")  # all is committed, nothing checkpointed
    log = (cut / "store.duckdb.wal").read_bytes()
    assert len(log) > 1000
    for length in [*range(0, len(log), max(1, len(log) // cuts)), len(log) - 1, len(log)]:
        folder = tmp_path / f"cut-{length}"
        shutil.copytree(cut, folder)
        (folder / "store.duckdb.wal").write_bytes(log[:length])
        assert_whole(folder, states)
        shutil.rmtree(folder)
