"""Who may read the pages: a browser that was sent to this very host, and no other site.

A page elsewhere can point its own host name at 127.0.0.1 (DNS rebinding) and would then
read these pages as its own. The name it was asked for gives it away.
"""

from ipaddress import ip_address

from foyer_web.render import SECURITY_HEADERS

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
EVERY_ADDRESS = frozenset({"0.0.0.0", "::"})  # noqa: S104 - compared with, not bound to

LOCAL_HEADERS: dict[str, str] = SECURITY_HEADERS | {
    "Cache-Control": "no-store",  # exact figures: not for a shared computer's disk
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""The kit's headers and two more, since one's own exact figures are on these pages."""


def host_of(header: str) -> str:
    """The name in a Host header, in lower case, without its port, brackets and final dot.

    >>> host_of("LOCALHOST:8765"), host_of("[::1]:8765"), host_of("node.museum.example.")
    ('localhost', '::1', 'node.museum.example')
    """
    text = header.strip().lower()
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0].rstrip(".")


def is_ours(header: str, configured: str) -> bool:
    """Whether a request with this Host header was meant for these pages.

    Where they are bound to every address, any address will do, but still no name: an
    attacker needs a name to rebind.

    >>> is_ours("localhost:1", "127.0.0.1"), is_ours("evil.example", "0.0.0.0")
    (True, False)
    """
    host = host_of(header)
    if host in LOOPBACK or host == configured.lower():
        return bool(host) and host not in EVERY_ADDRESS
    return configured in EVERY_ADDRESS and _is_address(host)


def _is_address(host: str) -> bool:
    try:
        return not ip_address(host).is_unspecified
    except ValueError:
        return False
