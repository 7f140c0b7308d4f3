"""One statistic over time: every release of it is a point that stays as it was published.

Pure. Only periods of the same length are set side by side: a year beside a quarter would
look like growth.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from types import MappingProxyType

from foyer_protocol.messages.release import Release
from foyer_web.changes import Change, difference, same_length
from foyer_web.releases import figure_views
from foyer_web.views import FigureView


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One release of a statistic. `ends` is excluded; the figure may be absent with a reason."""

    starts: date
    ends: date
    released_on: date
    figure: FigureView


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """Points of equally long periods, oldest first; `chosen` is the round being read."""

    points: tuple[Point, ...]
    chosen: str = ""

    @property
    def shown(self) -> tuple[Point, ...]:
        """Those with a number."""
        return tuple(point for point in self.points if point.figure.shown)


def trend_of(key: str, release: Release | None, releases: Sequence[Release]) -> Trend:
    """Every release of `key` whose period is as long as that of `release`, oldest first.

    Of two releases about the same days both are there: each is what was published.
    """
    if release is None:
        return Trend(points=())
    found = (
        _point(key, one)
        for one in releases
        if same_length((one.starts, one.ends), (release.starts, release.ends))
    )
    ordered = sorted(
        (point for point in found if point is not None),
        key=lambda point: (point.starts, point.ends, point.released_on, point.figure.round_id),
    )
    return Trend(points=tuple(ordered), chosen=release.round_id)


def changes_since(release: Release, releases: Sequence[Release]) -> tuple[Change, ...]:
    """Each figure of `release` beside the last earlier period of the same length.

    Figures that were not shown in both are left out, as are groups of visitors.
    """
    changes = (
        _change(trend_of(entry.key, release, releases), release.round_id)
        for entry in release.figures
    )
    return tuple(change for change in changes if change is not None)


def _change(trend: Trend, round_id: str) -> Change | None:
    now = next((one for one in trend.points if one.figure.round_id == round_id), None)
    if now is None:
        return None
    before = next((one for one in reversed(trend.shown) if one.ends <= now.starts), None)
    found = difference(now.figure, before.figure) if before else None
    if before is None or found is None:
        return None
    return Change(
        figure=now.figure, difference=found, since_starts=before.starts, since_ends=before.ends
    )


def _point(key: str, release: Release) -> Point | None:
    figure = views_of(release).get(key)
    if figure is None:
        return None
    return Point(
        starts=release.starts,
        ends=release.ends,
        released_on=datetime.fromtimestamp(release.released_at, UTC).date(),
        figure=figure,
    )


@lru_cache(maxsize=256)
def views_of(release: Release) -> Mapping[str, FigureView]:
    """The figures of a release by key: worked out once, since a release never changes."""
    return MappingProxyType({view.key: view for view in figure_views(release)})
