"""Real processes on the loopback address: started, watched, and ended by their own ids."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from foyer_protocol.errors import ConfigError, RoundAborted

WAIT_SECONDS = 120.0
ENVIRONMENT = {
    "FLWR_TELEMETRY_ENABLED": "0",
    "FLWR_DISABLE_UPDATE_CHECK": "1",
    # Each process does a little at a time; threads of linear algebra would only fight.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}


def free_ports(count: int) -> list[int]:
    """Ports of the loopback address that nobody listens on now."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def run_command(module: str, *arguments: str) -> str:
    """Run one command of ours to its end and return what it printed.

    Raises:
        ConfigError: it refused; its own words are in the message.
    """
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, **ENVIRONMENT},
        check=False,
    )
    if done.returncode:
        words = done.stderr.strip() or done.stdout.strip()
        raise ConfigError(
            f"{module} {' '.join(arguments[:2])} ended with {done.returncode}: {words}"
        )
    return done.stdout


@dataclass(slots=True, kw_only=True)
class Running:
    """One process of ours with its log."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def is_alive(self) -> bool:
        """Whether it has not ended."""
        return self.process.poll() is None


@dataclass(slots=True, kw_only=True)
class Family:
    """All processes that one run started; ends them all."""

    folder: Path
    members: list[Running] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(
        self, name: str, module: str, *arguments: str, env: Mapping[str, str] | None = None
    ) -> Running:
        """Start one process, its output in `<folder>/<name>.log`."""
        log = self.folder / f"{name}.log"
        with log.open("ab") as output:
            started = Running(name=name, process=_spawn(module, arguments, output, env), log=log)
        with self._lock:
            self.members.append(started)
        return started

    def stop(self, seconds: float = 10.0) -> None:
        """Ask every process to end, and kill what has not after a while."""
        alive = [one for one in self.members if one.is_alive]
        for one in alive:
            one.process.terminate()
        until = time.monotonic() + seconds
        for one in alive:
            try:
                one.process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                one.process.kill()
                one.process.wait()


def _spawn(
    module: str, arguments: Sequence[str], output: IO[bytes], env: Mapping[str, str] | None
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        stdout=output,
        stderr=output,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **ENVIRONMENT, **(env or {})},
        start_new_session=True,  # Ctrl-C is for us; we then end the others in order
    )


def wait_until(
    fact: Callable[[], bool],
    what: str,
    alive: Sequence[Running] = (),
    seconds: float = WAIT_SECONDS,
) -> None:
    """Look until `fact` holds.

    Raises:
        RoundAborted: it does not hold in time, or one of `alive` ended meanwhile.
    """
    until = time.monotonic() + seconds
    while not fact():
        for one in alive:
            if not one.is_alive:
                tail = one.log.read_text(encoding="utf-8", errors="replace")[-2000:]
                raise RoundAborted(f"{one.name} ended while waiting for {what}:\n{tail}")
        if time.monotonic() > until:
            raise RoundAborted(f"{what} did not happen within {seconds:.0f} s")
        time.sleep(0.1)
