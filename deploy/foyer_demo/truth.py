"""What an all-knowing reader of every house's books would publish: exact, pooled, unclipped.

Written from the docstrings of the catalogue in the plainest Python, and from the
generator's own tables: it shares no code with the importer, the node's engine or the
coordinator. A visitor is one address (or customer number) at one house; a person who
goes to two houses is two visitors, as in the protocol.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from foyer_demo.book import ANONYMOUS, GROUP_TICKETS, Book, Channel, Status
from foyer_demo.world import World
from foyer_protocol.catalogue.entries import LEAD_TIME_EDGES
from foyer_protocol.catalogue.schema import Period
from foyer_protocol.catalogue.territories import TERRITORIES, UNKNOWN, territory_of

EDGES: tuple[int, ...] = LEAD_TIME_EDGES

ROLES = ("info", "booking")
"""Local parts of shared addresses (R3) that these books contain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """One order with the lines of it that count."""

    number: str
    customer: int  # ANONYMOUS, or the house's number for the visitor
    person: bool
    day: date  # UTC
    placed: datetime  # UTC
    lead: int  # whole days to the first event, at least 0
    online: bool
    territory: str
    lines: tuple[tuple[int, int], ...]  # tickets, cents for all of them

    @property
    def tickets(self) -> int:
        """Tickets of all its lines."""
        return sum(tickets for tickets, _ in self.lines)

    @property
    def booker(self) -> bool:
        """Whether a known person placed it."""
        return self.customer != ANONYMOUS and self.person


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """The pooled numbers. `values[key]` is in the statistic's unit, exact.

    `geography.residence` is in `residence` instead: visitors per territory, zeros left
    out. `contributors[key]` counts the houses that have the columns it needs.
    """

    values: dict[str, Fraction]
    residence: dict[str, int]
    contributors: dict[str, int]


def pooled_truth(world: World, period: Period) -> Truth:
    """Compute every statistic of the catalogue over all houses.

    A till knows no visitors: it has no weight in bookers, loyalty and residence. In the
    shares of tickets it weighs with tickets that are neither online nor identified. Every
    book covers the period and the years before it.
    """
    houses = [list_sales(book) for book in world.books]
    sold = [within(sales, period) for sales in houses]
    lines = [line for sales in sold for sale in sales for line in sale.lines]
    paid = [(tickets, cents) for tickets, cents in lines if cents > 0]
    now = [bookers(sales) for sales in sold]
    before = [bookers(within(sales, period.previous())) for sales in houses]
    earlier = [bookers(within(sales, period.history())) for sales in houses]
    leads = [unit_leads(sales) for sales in sold]
    cells = Counter(code for sales in sold for code in homes(sales))

    tickets = sum(tickets for tickets, _ in lines)
    everyone = sum(map(len, now))
    online = sum(sale.tickets for sales in sold for sale in sales if sale.online)
    identified = sum(s.tickets for sales in sold for s in sales if s.customer != ANONYMOUS)
    new = sum(len(a - b) for a, b in zip(now, earlier, strict=True))
    retained = sum(len(a & b) for a, b in zip(now, before, strict=True))
    return Truth(
        values={
            "volume.attendances": Fraction(tickets),
            "volume.bookers": Fraction(everyone),
            "loyalty.first_time_share": Fraction(new, everyone),
            "loyalty.retention_1y": Fraction(retained, sum(map(len, before))),
            "money.average_ticket_price": Fraction(
                sum(cents for _, cents in paid), 100 * sum(tickets for tickets, _ in paid)
            ),
            "booking.online_share": Fraction(online, tickets),
            "booking.lead_time": grouped_median([days for house in leads for days in house]),
            "maturity.capture_rate": Fraction(identified, tickets),
        },
        residence={code: cells[code] for code in TERRITORIES if cells[code]},
        contributors=_count_contributors(world),
    )


def _count_contributors(world: World) -> dict[str, int]:
    """Houses by what their file has columns for: a till's says nothing of who, how and where."""
    everybody = len(world.books)
    knowing = sum(book.profile.knows_visitors for book in world.books)
    return {
        "volume.attendances": everybody,
        "money.average_ticket_price": everybody,
        "booking.lead_time": everybody,
        "maturity.capture_rate": everybody,
        "booking.online_share": knowing,
        "volume.bookers": knowing,
        "loyalty.first_time_share": knowing,
        "loyalty.retention_1y": knowing,
        "geography.residence": knowing,
    }


def list_sales(book: Book) -> list[Sale]:
    """Every order of a house of which at least one line counts."""
    zone = ZoneInfo(book.profile.timezone)
    starts = [_to_utc(t, zone) for t in book.events.starts.tolist()]
    kept: dict[int, list[tuple[int, int, datetime]]] = {}
    lines, orders = book.lines, book.orders
    columns = (lines.order, lines.event, lines.quantity, lines.ticket_price, lines.status)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    for order, event, quantity, price, status in rows:
        if status == Status.SOLD:
            kept.setdefault(order, []).append((quantity, quantity * price, starts[event]))
    customer, channel = orders.customer.tolist(), orders.channel.tolist()
    placed, tells = orders.placed.tolist(), orders.tells.tolist()
    sales = []
    for order, parts in kept.items():
        who, at = customer[order], _to_utc(placed[order], zone)
        first_event = min(event for _, _, event in parts)
        sales.append(
            Sale(
                number=orders.number[order],
                customer=who,
                person=_is_person(book, who, sum(part[0] for part in parts)),
                day=at.date(),
                placed=at,
                lead=max((first_event - at).days, 0),
                online=channel[order] in (Channel.WEB, Channel.APP),
                territory=_home(book, who) if tells[order] else UNKNOWN,
                lines=tuple((quantity, cents) for quantity, cents, _ in parts),
            )
        )
    return sales


def within(sales: Iterable[Sale], period: Period) -> list[Sale]:
    """The orders placed in a window of UTC days."""
    return [sale for sale in sales if period.starts <= sale.day < period.ends]


def bookers(sales: Iterable[Sale]) -> set[int]:
    """The known persons among those who placed `sales`."""
    return {sale.customer for sale in sales if sale.booker}


def homes(sales: Iterable[Sale]) -> list[str]:
    """Territory of each booker: that of the latest order, at a tie of the greater order id."""
    latest: dict[int, Sale] = {}
    for sale in sorted((s for s in sales if s.booker), key=lambda s: (s.placed, s.number)):
        latest[sale.customer] = sale
    return [sale.territory for sale in latest.values()]


def unit_leads(sales: Iterable[Sale]) -> list[int]:
    """Lower median of the lead times of each booker; an anonymous order stands alone."""
    leads: dict[str, list[int]] = {}
    for sale in sales:
        if sale.person:
            unit = f"o{sale.number}" if sale.customer == ANONYMOUS else f"v{sale.customer}"
            leads.setdefault(unit, []).append(sale.lead)
    return [sorted(days)[(len(days) - 1) // 2] for days in leads.values()]


def grouped_median(days: list[int]) -> Fraction:
    """Median of grouped data: straight through the leaf in which half of the units are reached.

    Where half of them end at the edge of a leaf and empty leaves follow, the middle of the gap.

    >>> grouped_median([0, 0, 1, 2]), grouped_median([0, 4])
    (Fraction(1, 1), Fraction(5, 2))
    """
    last = len(EDGES) - 2
    leaf_of = [leaf for leaf in range(last + 1) for _ in range(_width(leaf))]
    counts = Counter(leaf_of[day] if day < len(leaf_of) else last for day in days)
    half, below = Fraction(len(days), 2), 0
    leaves = sorted(counts)
    for leaf, following in zip(leaves, [*leaves[1:], last], strict=True):
        count = counts[leaf]
        if below + count == half:
            return Fraction(EDGES[leaf + 1] + EDGES[following], 2)
        if below + count > half:
            return EDGES[leaf] + (half - below) / count * _width(leaf)
        below += count
    raise ValueError("nobody has a lead time, so that there is no median")


def _width(leaf: int) -> int:
    """Days in a leaf."""
    return EDGES[leaf + 1] - EDGES[leaf]


def _to_utc(local: datetime, zone: ZoneInfo) -> datetime:
    """A house's clock time as UTC; the earlier one where the clock shows it twice (R22)."""
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)


def _is_person(book: Book, customer: int, tickets: int) -> bool:
    """Neither a group (R13) nor a shared address (R3)."""
    if tickets >= GROUP_TICKETS:
        return False
    return customer == ANONYMOUS or book.customers.email[customer].split("@")[0] not in ROLES


def _home(book: Book, customer: int) -> str:
    return territory_of(book.customers.country[customer], book.customers.postcode[customer])
