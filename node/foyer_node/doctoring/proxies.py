"""Which proxy each of the two connections takes, by the rules of their libraries.

gRPC (the connection for messages) reads small letters only, and falls back from https_proxy
to http_proxy; httpx (the connection for rounds) reads both and has all_proxy instead. Both
leave out what no_proxy lists, and the node keeps connections to its own machine direct.
"""

from collections.abc import Iterable, Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from foyer_node.doctoring.sightings import Proxy

Route = Proxy | None
"""None: direct."""

GRPC = ("grpc_proxy", "https_proxy", "http_proxy")
HTTPX = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
KNOWN = tuple(dict.fromkeys((*GRPC, *HTTPX)))
_EXCEPT_GRPC = ("no_grpc_proxy", "no_proxy")
_EXCEPT_HTTPX = ("no_proxy", "NO_PROXY")


def route_of(connection: str, host: str, environment: Mapping[str, str]) -> Route:
    """The proxy of `connection` ("control" or "fleet") to `host`."""
    is_grpc = connection == "control"
    if _is_here(host) or _is_excepted(
        host, _first(_EXCEPT_GRPC if is_grpc else _EXCEPT_HTTPX, environment)[1]
    ):
        return None
    variable, value = _first(GRPC if is_grpc else HTTPX, environment)
    return None if not value or is_wrong(value) else _parse(variable, value)


def proxy_set(environment: Mapping[str, str]) -> tuple[str, str]:
    """The first variable that names a proxy, and its value, a secret; else two times ""."""
    return _first(KNOWN, environment)


def is_wrong(value: str) -> bool:
    """Whether a proxy is named in a form that not both libraries follow.

    >>> is_wrong("http://proxy.example:3128"), is_wrong("proxy.example:3128")
    (False, True)
    """
    try:
        parts = urlsplit(value.strip())
        return parts.scheme != "http" or not parts.hostname or parts.port == 0
    except ValueError:
        return True


def _parse(variable: str, value: str) -> Proxy:
    parts = urlsplit(value.strip())
    secret = f"{parts.username or ''}:{parts.password or ''}" if parts.username else ""
    return Proxy(
        variable=variable, host=parts.hostname or "", port=parts.port or 80, credentials=secret
    )


def _first(names: Iterable[str], environment: Mapping[str, str]) -> tuple[str, str]:
    return next(((name, environment[name]) for name in names if environment.get(name)), ("", ""))


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_excepted(host: str, exceptions: str) -> bool:
    """By the end of the name, as both libraries do; a star excepts everything."""
    entries = [one.strip().lstrip(".") for one in exceptions.split(",") if one.strip()]
    name = host.lower()
    return any(one in {"*", name} or name.endswith(f".{one}") for one in entries)
