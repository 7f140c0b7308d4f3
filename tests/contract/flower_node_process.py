"""A node in a process of its own, for the tests that kill it.

Arguments: address, certificate, key, ca, session file, folder. The first payload of the
first process makes it write `folder/pulled` and hang; a later process answers.
"""

import sys
import threading
import time
from pathlib import Path

from foyer_node.adapters.flower_client import FlowerCourier, Pace


def main(address: str, certificate: str, key: str, ca: str, session: str, folder: str) -> None:
    pulled = Path(folder) / "pulled"

    def handle(payload: bytes) -> bytes:
        if not pulled.exists():
            pulled.touch()
            time.sleep(600)
        return b"again:" + payload

    FlowerCourier(
        address=address,
        certificate=Path(certificate),
        key=Path(key),
        ca=Path(ca),
        session_file=Path(session),
        pace=Pace(idle_seconds=0.2, busy_seconds=0.05, heartbeat_seconds=30),
    ).run(handle, threading.Event())


if __name__ == "__main__":
    main(*sys.argv[1:])
