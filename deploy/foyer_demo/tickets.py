"""Lines of the orders of one house: how many tickets, of which kind, at what price."""

import numpy as np
from numpy.typing import NDArray

from foyer_demo.book import ANONYMOUS, GROUP_TICKETS, Channel, Price, Status
from foyer_demo.profiles import Profile

Index = NDArray[np.int64]

SECOND_LINE_SHARE = 0.06  # of the orders of two tickets or more
OTHER_EVENT_SHARE = 0.3  # of the second lines
FACTORS = np.array([1.0, 0.75, 0.5, 0.0, 0.8])  # by Price
DRIFT_EARLY, DRIFT_LATE, DRIFT_DAYS = 1.20, 0.86, 56.0
INFLATION = 1.03
PRICE_STEP = 50  # cents
MOST_TICKETS = GROUP_TICKETS - 1  # of an order that is not a group
EXPIRED_SHARE = 0.01


def draw_quantities(rng: np.random.Generator, profile: Profile, group: NDArray[np.bool_]) -> Index:
    """Tickets of each order: 1 to 9, or 10 and a few more for a group."""
    some = 1 + rng.poisson(profile.tickets_per_order - 1.0, len(group))
    many = GROUP_TICKETS + rng.poisson(3.0, len(group))
    return np.where(group, many, some.clip(max=MOST_TICKETS)).astype(np.int64)


def draw_lines(
    rng: np.random.Generator,
    profile: Profile,
    tickets: Index,
    event: Index,
    group: NDArray[np.bool_],
    last_event: int,
) -> tuple[Index, Index, Index, Index]:
    """Split each order into one or two lines.

    Returns order, event, quantity and kind of price per line, grouped by order. The
    second line has one ticket, of a cheaper kind or for one of the next events.
    """
    splits = (rng.random(len(tickets)) < SECOND_LINE_SHARE) & (tickets >= 2) & ~group
    splits &= profile.knows_visitors
    order = np.repeat(np.arange(len(tickets)), np.where(splits, 2, 1))
    second = np.concatenate([[False], order[1:] == order[:-1]])
    quantity = np.where(second, 1, (tickets - splits)[order])
    later = second & (rng.random(len(order)) < OTHER_EVENT_SHARE)
    shown = np.minimum(event[order] + later * rng.integers(1, 9, len(order)), last_event)
    ladder = np.cumsum([0.63, 0.27])
    kind = np.searchsorted(ladder, rng.random(len(order)))
    kind = np.where(second & ~later, np.maximum(kind, Price.REDUCED), kind)
    kind = np.where(rng.random(len(order)) < profile.free_share, Price.FREE, kind)
    return order, shown, quantity, np.where(group[order], Price.GROUP, kind).astype(np.int64)


def set_prices(profile: Profile, kind: Index, lead_days: NDArray[np.float64], year: Index) -> Index:
    """Cents for one ticket: by kind, dearer early than late, and 3 % more each year.

    From some 120 % of the average eight weeks before to 86 % on the day (D.4);
    museums and cinemas have one price.
    """
    early = lead_days.clip(0, DRIFT_DAYS) / DRIFT_DAYS
    drift = DRIFT_LATE + (DRIFT_EARLY - DRIFT_LATE) * early
    if profile.schedule in ("museum", "cinema"):
        drift = np.ones_like(early)
    exact = profile.full_price * FACTORS[kind] * drift * INFLATION**year
    return (np.rint(exact / PRICE_STEP) * PRICE_STEP).astype(np.int64)


def draw_statuses(
    rng: np.random.Generator, profile: Profile, order: Index, customer: Index, channel: Index
) -> Index:
    """What became of each line.

    pretix cancels whole orders and lets unpaid ones expire; elsewhere a line is refunded
    by itself. Nothing sold to nobody in particular is taken back.
    """
    whole = profile.export == "pretix"
    draw = rng.random(len(customer))[order] if whole else rng.random(len(order))
    refunded = draw < profile.refund_share
    expired = whole & (draw > 1 - EXPIRED_SHARE) & (channel[order] == Channel.WEB)
    status = np.where(refunded, Status.REFUNDED, np.where(expired, Status.EXPIRED, Status.SOLD))
    return np.where(customer[order] == ANONYMOUS, Status.SOLD, status).astype(np.int64)
