"""Fetches what an OpenID provider serves, over HTTPS."""

from collections.abc import Mapping

import httpx

from foyer_coordinator.portal.openid_providers import SignInFailed

SECONDS = 10.0
MOST_BYTES = 256 * 1024


class HttpOpenId:
    """Implements `portal.openid.Web`. Follows no redirect: an address says what it is."""

    def get(self, address: str) -> bytes:
        """Fetch an address.

        Raises:
            SignInFailed: nothing usable came.
        """
        return self._call("GET", address)

    def post(self, address: str, form: Mapping[str, str], basic: tuple[str, str] | None) -> bytes:
        """Send a form, with name and password where the provider wants them so.

        Raises:
            SignInFailed: nothing usable came.
        """
        return self._call("POST", address, form, basic)

    def _call(
        self,
        method: str,
        address: str,
        form: Mapping[str, str] | None = None,
        basic: tuple[str, str] | None = None,
    ) -> bytes:
        try:
            with (
                httpx.Client(timeout=SECONDS, follow_redirects=False) as client,
                client.stream(
                    method, address, data=form, auth=basic, headers={"Accept": "application/json"}
                ) as answer,
            ):
                if answer.status_code != httpx.codes.OK:
                    raise SignInFailed("status")
                return _limited(answer)
        except (httpx.HTTPError, httpx.InvalidURL):
            raise SignInFailed("unreachable") from None  # its text could hold the code


def _limited(answer: httpx.Response) -> bytes:
    read = bytearray()
    for part in answer.iter_bytes():
        read += part
        if len(read) > MOST_BYTES:
            raise SignInFailed("size")
    return bytes(read)
