"""Promise: what is found by following the code's own branches is read or refused as well.

`test_boundaries.py` makes mistakes blindly and always; Atheris keeps each input that reaches
a branch no other did. It has wheels for Linux on x86-64, and is skipped where it is not installed.
"""

import os
import re
import subprocess
import sys
from importlib.util import find_spec

import pytest
from tests.support.boundary_readers import readers
from tests.support.coverage_fuzz import GROUPS, PLANTED
from tests.support.tracked import ROOT

pytestmark = [
    pytest.mark.audit,
    pytest.mark.skipif(find_spec("atheris") is None, reason="Atheris is on Linux, x86-64, only"),
]

SECONDS = {"packed": 15, "json": 10, "text": 10, "files": 20}
MOST_RUNS = 1_000_000
FEWEST_RUNS = 200


def fuzz(group, folder, seconds):
    """Run one group on a corpus of its own: the exit status and what was said."""
    corpus = folder / "corpus"
    corpus.mkdir()
    words = ["-m", "tests.support.coverage_fuzz", group, corpus, seconds, MOST_RUNS]
    done = subprocess.run(
        [sys.executable, *map(str, words)],
        cwd=folder,  # where libFuzzer leaves an input that breaks something
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])},
        capture_output=True,
        text=True,
        errors="replace",
        timeout=seconds + 120,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_every_reader_is_in_a_group():
    names = [name for group in GROUPS.values() for name in group]
    assert sorted(names) == sorted(readers())
    assert set(SECONDS) == set(GROUPS)


@pytest.mark.parametrize("group", SECONDS)
def test_what_reaches_a_new_branch_is_read_or_refused(group, tmp_path):
    status, said = fuzz(group, tmp_path, SECONDS[group])
    assert status == 0, said[-6000:]
    runs = re.search(r"^Done (\d+) runs", said, re.MULTILINE)
    assert runs is not None, said[-2000:]
    assert int(runs[1]) > FEWEST_RUNS


def test_a_planted_mistake_is_found(tmp_path):
    status, said = fuzz(PLANTED, tmp_path, 60)
    assert status != 0
    assert "the planted mistake" in said
