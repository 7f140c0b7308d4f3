"""A browser without a screen: calls a web application in this process, and keeps cookies."""

import asyncio
from typing import Any

import httpx


class Browser:
    """Follows no redirect by itself. `raise_faults` lets the application's exceptions through."""

    def __init__(self, app: Any, base: str, *, raise_faults: bool = True) -> None:
        self._transport = httpx.ASGITransport(app, raise_app_exceptions=raise_faults)
        self._base = base
        self.cookies = httpx.Cookies()

    def get(self, path: str, **options: Any) -> httpx.Response:
        """Ask for a page."""
        return self.send("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        """Send a form, as a page of the same site does unless `headers` says otherwise."""
        headers = {"sec-fetch-site": "same-origin", **options.pop("headers", {})}
        return self.send("POST", path, headers=headers, **options)

    def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Make one call."""
        return asyncio.run(self._send(method, path, **options))

    async def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        async with httpx.AsyncClient(
            transport=self._transport, base_url=self._base, cookies=self.cookies
        ) as client:
            response = await client.request(method, path, **options)
            self.cookies = client.cookies
            return response
