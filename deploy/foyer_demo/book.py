"""The order book of one house: the tables from which both its export and the truth are made."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from foyer_demo.profiles import Profile
from foyer_demo.schedule import Events

ANONYMOUS = -1
"""The customer of a sale whose buyer nobody asked."""

GROUP_TICKETS = 10
"""From so many tickets an order is a group's (rule R13)."""


class Channel(IntEnum):
    """How an order was placed; the first two are online."""

    WEB = 0
    APP = 1
    PHONE = 2
    BOX_OFFICE = 3


class Price(IntEnum):
    """The kind of ticket on a line."""

    FULL = 0
    REDUCED = 1
    YOUTH = 2
    FREE = 3
    GROUP = 4


class Status(IntEnum):
    """What became of a line. Only `SOLD` lines count."""

    SOLD = 0
    REFUNDED = 1
    EXPIRED = 2  # reserved on the web, never paid


@dataclass(frozen=True, slots=True, kw_only=True)
class Customers:
    """Columns of equal length: what the house's file knows of each customer.

    People come first, organisations after them. `email` is as its owner would spell it;
    the export is less tidy.
    """

    given: list[str]
    family: list[str]
    email: list[str]
    country: list[str]
    postcode: list[str]
    birth_year: list[int]
    tells: list[bool]  # whether the house was ever given this postcode

    def __len__(self) -> int:
        return len(self.email)


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """Columns of equal length, in the order of time."""

    number: list[str]  # the order id, all of one length
    customer: NDArray[np.int64]  # index of `Customers`, or ANONYMOUS
    placed: NDArray[np.datetime64]  # local time of the house, datetime64[m]
    channel: NDArray[np.int64]
    tells: NDArray[np.bool_]  # whether this order carries the customer's postcode

    def __len__(self) -> int:
        return len(self.number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Columns of equal length, grouped by order in the order of `Orders`."""

    order: NDArray[np.int64]
    event: NDArray[np.int64]
    quantity: NDArray[np.int64]
    ticket_price: NDArray[np.int64]  # cents for one ticket, incl. VAT
    price: NDArray[np.int64]
    status: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.order)


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """Everything one house sold."""

    profile: Profile
    events: Events
    customers: Customers
    orders: Orders
    lines: Lines
