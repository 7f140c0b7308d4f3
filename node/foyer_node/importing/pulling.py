"""Pulling the changed orders of a shop: which page to ask for next, and when to move on.

Pages are asked for by the time of the last change and not by their number: an order that is
changed while we read moves to the end of the list, and everything behind it forward by one,
past the page that was just read. The cursor is kept only after what it stands for has been
applied, so that a pull that dies is taken up where the store is; what is asked for twice
supersedes itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

PAGES_PER_BATCH = 20
"""Some thousand orders: one import of each, and at most so many to ask for again."""

OVERLAP = timedelta(minutes=2)
"""A change that was begun before our last answer may have been finished after it."""

Order = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPage:
    """Orders in the order of their last change."""

    orders: tuple[Order, ...] = field(repr=False)
    more: bool


class OrderFeed(Protocol):
    """A shop that can say which of its orders have changed."""

    def shop(self) -> Mapping[str, object]:
        """What the orders refer to by number: the event, its products, dates and quotas."""

    def page(self, since: str, number: int) -> OrderPage:
        """The page `number`, from 1, of orders changed at `since` or after; "": all orders."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """What a pull did."""

    pages: int
    orders: int  # that were new or had changed
    batches: int
    cursor: str


def pull_orders(
    feed: OrderFeed,
    cursor: str,
    take: Callable[[Mapping[str, object]], None],
    keep: Callable[[str], None],
    *,
    pages_per_batch: int = PAGES_PER_BATCH,
) -> Pulled:
    """Take every order that changed since `cursor`; returns where the next pull begins.

    `take` imports a document of some orders, all or nothing. `keep` makes a cursor
    durable, and is called after `take` has returned and never before.

    Raises:
        whatever `feed`, `take` and `keep` raise; batches that were kept stay.
    """
    shop = feed.shop()
    since, number, pages, orders, batches = _before(cursor), 1, 0, 0, 0
    batch: dict[object, Order] = {}
    while True:
        page = feed.page(since, number)
        pages += 1
        for order in page.orders:
            batch.pop(order.get("code"), None)  # the later state of an order wins
            batch[order.get("code")] = order
        last = _changed(page.orders[-1]) if page.orders else ""
        if not page.more or pages % pages_per_batch == 0:
            if any(order.get("positions") for order in batch.values()):
                take({**shop, "orders": list(batch.values())})
                batches += 1
            orders += len(batch)
            batch = {}
            cursor = last or cursor
            keep(cursor)
        if not page.more:
            return Pulled(pages=pages, orders=orders, batches=batches, cursor=cursor)
        # A whole page of one moment is followed by its own next page.
        since, number = (last, 1) if last and last != since else (since, number + 1)


def _changed(order: Order) -> str:
    changed = order.get("last_modified")
    return changed if isinstance(changed, str) else ""


def _before(cursor: str) -> str:
    if not cursor:
        return ""
    try:
        return (datetime.fromisoformat(cursor) - OVERLAP).isoformat()
    except ValueError:
        return cursor
