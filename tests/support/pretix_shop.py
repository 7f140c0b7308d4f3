"""A shop that answers as pretix documents its REST API, over loopback.

It knows the six lists that a pull asks for: pagination of `page_size` orders, the filter
`modified_since` (at or after), `ordering=last_modified`, a token, and trouble on demand.
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

TOKEN = "a-token-that-no-log-may-hold"
PLACE = "/api/v1/organizers/house/events/winter/"
FIRST = datetime.fromisoformat("2026-01-14T08:30:00+00:00")

Record = dict[str, object]


def an_order(number: int, minutes: int, status: str = "p", price: str = "240.00") -> Record:
    """Order `number`, last changed `minutes` after the first."""
    changed = (FIRST + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")
    position = {
        "positionid": 1, "canceled": False, "item": 1, "variation": 1, "subevent": 1,
        "price": price, "attendee_name": "Canary7f3a", "checkins": [], "zipcode": "2100",
        "country": "DK", "answers": [{"answer": "canary7f3a"}],
    }  # fmt: skip
    return {
        "code": f"N{number:04d}", "status": status, "testmode": False, "locale": "da",
        "email": f"canary7f3a.{number}@example.org", "phone": None, "customer": None,
        "sales_channel": "web", "datetime": FIRST.isoformat(), "last_modified": changed,
        "total": price, "fees": [], "payments": [], "refunds": [], "invoice_address": None,
        "positions": [position],
    }  # fmt: skip


@dataclass
class Shop:
    """What the shop holds, and what it was asked."""

    orders: list[Record] = field(default_factory=list)
    page_size: int = 3
    trouble: list[int] = field(default_factory=list)  # statuses to answer with first
    before: Callable[["Shop", str], None] = lambda shop, path: None
    asked: list[str] = field(default_factory=list)
    address: str = ""

    def change(self, order: Record) -> None:
        """Put in an order, or another state of it."""
        self.orders = [one for one in self.orders if one["code"] != order["code"]] + [order]

    def answer(self, path: str, query: dict[str, str]) -> Record | None:
        """The body of a list, or None where there is nothing of that name."""
        if path == "":
            return {
                "slug": "winter", "name": {"en": "Winter"}, "date_from": FIRST.isoformat(),
                "currency": "DKK", "timezone": "Europe/Copenhagen", "has_subevents": True,
            }  # fmt: skip
        lists: dict[str, list[Record]] = {
            "items/": [
                {"id": 1, "name": {"en": "Seat"}, "admission": True,
                 "variations": [{"id": 1, "value": {"en": "Adult"}}]}
            ],
            "subevents/": [
                {"id": number, "name": {"en": "Evening"}, "date_from": "2026-02-06T18:30:00Z"}
                for number in range(1, 6)
            ],
            "quotas/": [{"id": 1, "size": 100, "items": [1], "subevent": 1}],
            "orders/": self._changed(query),
        }  # fmt: skip
        if path not in lists:
            return None
        page = int(query.get("page", "1"))
        found = lists[path]
        part = found[(page - 1) * self.page_size : page * self.page_size]
        more = len(found) > page * self.page_size
        elsewhere = "http://192.0.2.1/never-to-be-followed"
        return {
            "count": len(found), "previous": None, "results": part,
            "next": elsewhere if more else None,
        }  # fmt: skip

    def _changed(self, query: dict[str, str]) -> list[Record]:
        since = query.get("modified_since")
        found = [
            order
            for order in self.orders
            if since is None or _time(order) >= datetime.fromisoformat(since)
        ]
        assert query.get("ordering", "last_modified") == "last_modified"
        return sorted(found, key=lambda order: (_time(order), str(order["code"])))


def _time(order: Record) -> datetime:
    return datetime.fromisoformat(str(order["last_modified"]))


@contextmanager
def serving(shop: Shop) -> Iterator[Shop]:
    """Serve the shop on a free port until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(address.query).items()}
            shop.asked.append(self.path)
            shop.before(shop, address.path)
            if self.headers.get("Authorization") != f"Token {TOKEN}":
                return self._send(401, {"detail": "Invalid token."})
            if shop.trouble:
                return self._send(shop.trouble.pop(0), {"detail": "busy"})
            if not address.path.startswith(PLACE):
                return self._send(404, {"detail": "Not found."})
            body = shop.answer(address.path.removeprefix(PLACE), query)
            return self._send(404 if body is None else 200, body or {})

        def _send(self, status: int, body: Record) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            if status == 429:
                self.send_header("Retry-After", "7")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    shop.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield shop
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
