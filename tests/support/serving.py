"""A coordinator inside the test's own process, with a witness to every byte it receives."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from foyer_coordinator.app import open_books, open_secrets
from foyer_coordinator.config import read_config
from foyer_coordinator.serving import Serving


@contextmanager
def serving_here(home: Path, recorder: Callable[[str, bytes], None]) -> Iterator[Serving]:
    """Serve the coordinator of `home` in threads, as `run_coordinator` does, until left."""
    config, stop = read_config(home), threading.Event()
    with open_books(config) as books:
        serving = Serving(config=config, books=books, secrets=open_secrets(config))
        serving.start(recorder)
        running = threading.Thread(target=serving.service.run, args=(stop,), daemon=True)
        running.start()
        try:
            yield serving
        finally:
            stop.set()
            running.join(timeout=20)
            serving.stop()
            assert not running.is_alive()
