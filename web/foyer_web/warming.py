"""The first chart costs a second of loading its engine: spend it while nobody waits."""

import threading

from foyer_protocol.catalogue.statistic import Unit
from foyer_web.charts import Chart, Row, Shape, axis_ticks
from foyer_web.svg import MemorySvgCache, draw


class WarmUp:
    """Draws one chart for nobody, in a thread of its own, when called for the first time.

    A page that is not a chart's calls it: no node whose pages nobody reads pays for the
    engine, and by the time a reader has found a figure to look at, it is there. A failure
    is left to the first real chart, which will say it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def __call__(self) -> None:
        """Start, unless it was started before. Returns at once."""
        with self._lock:
            if self._thread is None:
                # Not a daemon: the engine must not be cut off in the middle of loading.
                self._thread = threading.Thread(target=_draw_one, name="charts")
                self._thread.start()

    def wait(self, seconds: float) -> bool:
        """Whether the engine is ready within `seconds`."""
        if self._thread is None:
            return False
        self._thread.join(seconds)
        return not self._thread.is_alive()


def _draw_one() -> None:
    row = Row(label="x", text="1", low=0.0, estimate=1.0, high=2.0)
    ticks = tuple((float(at), str(at)) for at in axis_ticks(0.0, 2.0, Unit.VISITORS))
    chart = Chart(shape=Shape.INTERVAL, title="x", description="x", rows=(row,), ticks=ticks)
    draw(chart, MemorySvgCache())
