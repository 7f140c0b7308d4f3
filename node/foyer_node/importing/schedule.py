"""When a source is to be looked at again."""

from collections.abc import Mapping
from dataclasses import dataclass, field

MOST_WAIT_SECONDS = 86_400
"""However often a source has failed, it is tried once a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What is remembered of one source. Nothing about a visitor."""

    cursor: str = ""  # when the last order that was applied had changed
    tried_at: int = 0  # seconds since 1970; 0: never
    failures: int = 0  # in a row
    refusal: str = ""  # code of the last refusal, "" after a success
    seen: Mapping[str, str] = field(default_factory=dict)  # file: size and time it was read with


def due(every_minutes: Mapping[str, int], states: Mapping[str, SourceState], now: int) -> list[str]:
    """The sources to look at now, the longest waiting first.

    `every_minutes` is by source. A source that failed waits twice as long each time, up to a
    day; a clock that was put back makes nothing wait longer than its interval.

    >>> due({"a": 10, "b": 10}, {"b": SourceState(tried_at=1000)}, 1500)
    ['a']
    """
    waiting: list[tuple[int, str]] = []
    for name, minutes in every_minutes.items():
        state = states.get(name, SourceState())
        wait = min(
            minutes * 60 * 2 ** min(state.failures, 16), max(MOST_WAIT_SECONDS, minutes * 60)
        )
        since = now - state.tried_at
        if state.tried_at == 0 or since >= wait or since < 0:
            waiting.append((state.tried_at, name))
    return [name for _, name in sorted(waiting)]
