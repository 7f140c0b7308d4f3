"""A throw-away PostgreSQL server for one test run, on a socket that nobody else can reach."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

START_SECONDS = 30.0
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
"""Nothing here needs to survive the test."""

MISSING = "PostgreSQL's server is not installed: run `apt-get install postgresql`"


def find_binaries() -> Path | None:
    """Debian's newest server binaries, or those on the path."""
    versions = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    newest = sorted(versions, key=lambda path: int(path.parts[-3]))
    found = newest[-1] if newest else shutil.which("postgres")
    return Path(found).parent if found else None


class PostgresServer:
    """A running server. `url(name)` is where a database of it is reached."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made = 0

    def url(self, name: str) -> str:
        """The SQLAlchemy URL of database `name`."""
        return f"postgresql+psycopg://foyer@/{name}?host={self._folder}"

    def create(self, template: str = "template0") -> str:
        """Make a database, as a copy of `template`, and return its name."""
        self._made += 1
        name = f"book{self._made}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, name: str) -> None:
        """Throw a database away."""
        self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def _run(self, statement: str) -> None:
        import psycopg  # noqa: PLC0415 - only where a server runs

        address = f"host={self._folder} user=foyer dbname=postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def postgres_server(binaries: Path) -> Iterator[PostgresServer]:
    """Start a server with an empty cluster; stop it and delete the cluster at the end."""
    with tempfile.TemporaryDirectory(prefix="foyer-pg-") as name:
        folder = Path(name)
        who = _unprivileged(folder)
        cluster = folder / "cluster"
        subprocess.run(
            [binaries / "initdb", "-D", cluster, "-A", "trust", "-U", "foyer", "--no-sync",
             "-E", "UTF8", "--locale=C.UTF-8"],
            check=True, stdout=subprocess.DEVNULL, cwd=folder, **who,
        )  # fmt: skip
        options = [part for setting in FAST for part in ("-c", setting)]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [binaries / "postgres", "-D", cluster, "-k", folder, "-h", "", *options],
                stdout=log, stderr=log, cwd=folder, **who,
            )  # fmt: skip
        try:
            _wait_until_ready(binaries, folder, process)
            yield PostgresServer(folder)
        finally:
            process.send_signal(signal.SIGINT)  # "fast": clients are cut off
            process.wait(timeout=START_SECONDS)


def _unprivileged(folder: Path) -> dict[str, Any]:
    """The server refuses to run as root: who it runs as, and gets the folder."""
    if os.geteuid() != 0:
        return {}
    account = pwd.getpwnam("postgres")
    os.chown(folder, account.pw_uid, account.pw_gid)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _wait_until_ready(binaries: Path, folder: Path, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        asked = subprocess.run(
            [binaries / "pg_isready", "-q", "-h", folder, "-U", "foyer"], check=False, cwd=folder
        )
        if asked.returncode == 0:
            return
        time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL did not start: {(folder / 'log').read_text()[-500:]}")
