"""pretix's REST API, read only: the changed orders of one event, page by page.

The token goes into one header of requests to one host and nowhere else: pages are asked for
by number, so no address that an answer contains is ever followed.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import httpx

from foyer_node.importing.pulling import OrderPage
from foyer_protocol.errors import ConfigError, ConnectorError

ATTEMPTS = 5
LONGEST_WAIT_SECONDS = 60.0
MOST_BYTES = 64 << 20
MOST_PAGES = 200
"""Of a list of products, dates or quotas: 10,000 entries."""

_BUSY = frozenset((429, 500, 502, 503, 504))
_TIMEOUT = httpx.Timeout(30.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PretixFeed:
    """One event of one organizer."""

    url: str  # of the installation, as https://tickets.example.org
    organizer: str
    event: str
    token: str = field(repr=False)
    wait: Callable[[float], object]  # seconds before asking again

    def shop(self) -> Mapping[str, object]:
        """The event, its products, dates and quotas."""
        with self._client() as client:
            return {
                "event": self._get(client, "", {}),
                "items": self._all(client, "items/"),
                "subevents": self._all(client, "subevents/"),
                "quotas": self._all(client, "quotas/"),
            }

    def page(self, since: str, number: int) -> OrderPage:
        """Orders by their last change, with cancelled positions; see `OrderFeed`."""
        asked = {
            "ordering": "last_modified",
            "include_canceled_positions": "true",
            "include_canceled_fees": "true",
            "page": str(number),
        }
        if since:
            asked["modified_since"] = since
        with self._client() as client:
            answer = self._get(client, "orders/", asked)
        return OrderPage(orders=_results(answer), more=answer.get("next") is not None)

    def _client(self) -> httpx.Client:
        return httpx.Client(
            headers={"Authorization": f"Token {self.token}", "Accept": "application/json"},
            timeout=_TIMEOUT,
            follow_redirects=False,
        )

    def _all(self, client: httpx.Client, path: str) -> list[Mapping[str, object]]:
        found: list[Mapping[str, object]] = []
        for number in range(1, MOST_PAGES + 1):
            answer = self._get(client, path, {"page": str(number)})
            found.extend(_results(answer))
            if answer.get("next") is None:
                break
        return found

    def _get(
        self, client: httpx.Client, path: str, asked: Mapping[str, str]
    ) -> Mapping[str, object]:
        place = f"/api/v1/organizers/{self.organizer}/events/{self.event}/{path}"
        trouble, pause = "", 0.0
        for attempt in range(ATTEMPTS):
            if attempt:
                self.wait(min(max(pause, 2.0**attempt / 2), LONGEST_WAIT_SECONDS))
            try:
                status, body, pause = self._once(client, place, asked)
            except httpx.HTTPError as failure:
                trouble, pause = type(failure).__name__, 0.0
                continue
            if status == 200:
                return _object(body)
            trouble = f"status {status}"
            if status not in _BUSY:
                raise _refused(status)
        raise ConnectorError(
            f"The shop did not answer in {ATTEMPTS} attempts ({trouble}); what was not imported"
            " before is not imported.",
            hint="It is tried again by itself. Look at the network if this lasts.",
        )

    def _once(
        self, client: httpx.Client, place: str, asked: Mapping[str, str]
    ) -> tuple[int, bytes, float]:
        """Status, body, and how many seconds the shop asks us to wait."""
        with client.stream("GET", self.url.rstrip("/") + place, params=dict(asked)) as answer:
            body = bytearray()
            for piece in answer.iter_bytes():
                body += piece
                if len(body) > MOST_BYTES:
                    raise ConnectorError(
                        f"An answer of the shop is larger than {MOST_BYTES >> 20} MB;"
                        " nothing of it was imported.",
                        hint="Ask whoever runs the shop.",
                    )
            after = answer.headers.get("Retry-After", "")
            return answer.status_code, bytes(body), float(after) if after.isdecimal() else 0.0


def _refused(status: int) -> ConfigError | ConnectorError:
    if status in {401, 403}:
        return ConfigError(
            f"The shop refused the token (status {status}); nothing was pulled.",
            hint="Make one for a team that may view orders, and put it where [[sources]] says.",
        )
    if status == 404:
        return ConfigError(
            "The shop has no such organizer or event (status 404); nothing was pulled.",
            hint="Look at `url`, `organizer` and `event` under [[sources]] in node.toml.",
        )
    return ConnectorError(
        f"The shop answered with status {status}; nothing of it was imported.",
        hint="Look at `url` under [[sources]]: it is the address of the shop itself.",
    )


def _object(body: bytes) -> Mapping[str, object]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise ConnectorError(
            "An answer of the shop is not JSON as pretix has it; nothing of it was imported.",
            hint="Look at `url` under [[sources]]: it is the address of the shop itself.",
        )
    return answer


def _results(answer: Mapping[str, object]) -> tuple[Mapping[str, object], ...]:
    results = answer.get("results")
    return (
        tuple(one for one in results if isinstance(one, dict)) if isinstance(results, list) else ()
    )
