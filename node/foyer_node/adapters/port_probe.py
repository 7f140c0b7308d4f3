"""Dials a port of the coordinator as a round would, and says how far it came.

It opens TLS with this node's certificate and hangs up. To the connection for rounds it may
put one question, the time, by a HEAD request without a word about this node.
"""

import errno
import socket
import ssl
import time
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.x509.oid import NameOID

from foyer_node.doctoring.sightings import Dialled, End, Proxy

DIAL_SECONDS = 4.0
TIME_SECONDS = 1.0  # more, and the answer says little of the clock
MOST_REPLY_BYTES = 8192
MOST_NAME_LETTERS = 80
_UNTIMELY = {9, 10}  # X509_V_ERR_CERT_NOT_YET_VALID, X509_V_ERR_CERT_HAS_EXPIRED
_NO_ROUTE = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL, errno.ENETDOWN}


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Where to dial: `addresses` are of the proxy if there is one, else of `host`."""

    host: str
    port: int
    addresses: Sequence[tuple[int, str]]
    folder: Path  # with authority.pem, client.pem and transport.key
    proxy: Proxy | None = None
    ask_time: bool = False


class _ProxyRefusal(Exception):
    """The proxy's own status line."""


def dial(door: Door, seconds: float = DIAL_SECONDS) -> Dialled:
    """Dial once; a second time, without our certificate, to see who made a strange one."""
    if not door.addresses:
        return Dialled(end=End.NO_NAME, reason="no address is known")
    try:
        context = ssl.create_default_context(cafile=door.folder / "authority.pem")
        context.load_cert_chain(door.folder / "client.pem", door.folder / "transport.key")
    except (OSError, ValueError):
        return Dialled(end=End.OTHER, reason="this node's own certificate cannot be used")
    until = time.monotonic() + seconds
    try:
        raw = _connect(door, until)
    except _ProxyRefusal as refusal:
        return Dialled(end=End.PROXY, reason=str(refusal))
    except OSError as failure:
        return _failed(failure)
    with raw:
        return _greet(raw, context, door, until)


def _greet(raw: socket.socket, context: ssl.SSLContext, door: Door, until: float) -> Dialled:
    """TLS over an open connection."""
    try:
        with context.wrap_socket(raw, server_hostname=door.host) as line:
            skew = _skew(line, door.host) if door.ask_time else None
            return Dialled(end=End.ANSWERED, skew_seconds=skew)
    except ssl.SSLCertVerificationError as failure:
        return _stranger(door, failure, until)
    except OSError as failure:
        return Dialled(end=End.CUT, reason=failure.strerror or type(failure).__name__)


def last_day(certificate: Path) -> datetime:
    """When a certificate (PEM) ends.

    Raises:
        OSError, ValueError: there is none, or it is damaged.
    """
    return x509.load_pem_x509_certificate(certificate.read_bytes()).not_valid_after_utc


def _connect(door: Door, until: float) -> socket.socket:
    """To the first address that takes us, and through the proxy if there is one."""
    port = door.proxy.port if door.proxy else door.port
    last: OSError = TimeoutError()
    for family, address in door.addresses:
        line = socket.socket(family, socket.SOCK_STREAM)
        try:
            line.settimeout(max(0.05, until - time.monotonic()))
            line.connect((address, port))
            if door.proxy:
                _tunnel(line, door, door.proxy)
        except (OSError, _ProxyRefusal) as failure:
            line.close()
            if isinstance(failure, _ProxyRefusal):
                raise
            last = failure
            continue
        return line
    raise last


def _tunnel(line: socket.socket, door: Door, proxy: Proxy) -> None:
    host = f"[{door.host}]" if ":" in door.host else door.host
    ask = f"CONNECT {host}:{door.port} HTTP/1.1\r\nHost: {host}:{door.port}\r\n"
    if proxy.credentials:
        word = b64encode(proxy.credentials.encode()).decode()
        ask += f"Proxy-Authorization: Basic {word}\r\n"
    line.sendall(f"{ask}\r\n".encode())
    status = _head(line).partition("\r\n")[0].split(" ", 2)
    if len(status) < 2 or status[1] != "200":
        raise _ProxyRefusal(_plain(" ".join(status[1:]) or "no answer"))


def _head(line: socket.socket) -> str:
    """The head of an HTTP answer."""
    reply = b""
    while b"\r\n\r\n" not in reply and len(reply) < MOST_REPLY_BYTES:
        part = line.recv(1)  # not a byte of what comes after it
        if not part:
            break
        reply += part
    return reply.decode("latin-1")


def _skew(line: ssl.SSLSocket, host: str) -> float | None:
    """Their clock minus ours, in seconds, to half a second and the way there."""
    try:
        line.settimeout(TIME_SECONDS)
        asked = datetime.now(tz=UTC)
        line.sendall(f"HEAD / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        lines = [one.partition(":") for one in _head(line).split("\r\n")]
        got = datetime.now(tz=UTC)
        told = next((value for name, _, value in lines if name.lower() == "date"), "")
        theirs = parsedate_to_datetime(told.strip())
        return (theirs - (asked + (got - asked) / 2)).total_seconds()
    except (OSError, ValueError, TypeError):  # no answer, or one without a date
        return None


def _stranger(door: Door, failure: ssl.SSLCertVerificationError, until: float) -> Dialled:
    """Who made the certificate that does not verify. Nothing is sent to whoever shows it."""
    reason, untimely = failure.verify_message, failure.verify_code in _UNTIMELY
    careless = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    careless.check_hostname, careless.verify_mode = False, ssl.CERT_NONE
    try:
        with (
            _connect(door, until) as raw,
            careless.wrap_socket(raw, server_hostname=door.host) as line,
        ):
            shown = x509.load_der_x509_certificate(line.getpeercert(binary_form=True) or b"")
        ours = x509.load_pem_x509_certificate((door.folder / "authority.pem").read_bytes())
    except (OSError, ValueError, _ProxyRefusal):
        return Dialled(end=End.STRANGER, reason=reason)
    return Dialled(
        end=End.STRANGER,
        reason=reason,
        issuer=maker_of(shown),
        is_ours=_made_by(shown, ours),
        is_untimely=untimely,
    )


def maker_of(certificate: x509.Certificate) -> str:
    """Common name and organisation of who made a certificate; a stranger wrote them."""
    told = [
        str(one.value)
        for kind in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)
        for one in certificate.issuer.get_attributes_for_oid(kind)
    ]
    return _plain(", ".join(dict.fromkeys(told))) or "somebody who is not named"


def _made_by(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _plain(text: str) -> str:
    """What a stranger wrote, short and without what could steer a terminal."""
    return "".join(one if one.isprintable() else " " for one in text)[:MOST_NAME_LETTERS].strip()


def _failed(failure: OSError) -> Dialled:
    reason = failure.strerror or type(failure).__name__
    match failure:
        case ConnectionRefusedError():
            return Dialled(end=End.REFUSED, reason=reason)
        case TimeoutError():
            return Dialled(end=End.SILENT, reason=reason)
        case ConnectionError():
            return Dialled(end=End.CUT, reason=reason)
    end = End.NO_ROUTE if failure.errno in _NO_ROUTE else End.OTHER
    return Dialled(end=end, reason=reason)
