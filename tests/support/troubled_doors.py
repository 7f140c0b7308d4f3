"""Servers on loopback that behave as networks in trouble do. All end with their context."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from tests.support.certificates import Credentials

Serve = Callable[[socket.socket], None]


@contextmanager
def door(serve: Serve) -> Iterator[int]:
    """A port on loopback whose every caller gets `serve`, in a thread."""
    listener = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                caller, _ = listener.accept()
                threading.Thread(target=answer, args=(caller,), daemon=True).start()

    def answer(caller: socket.socket) -> None:
        with caller, contextlib.suppress(OSError):
            caller.settimeout(5)
            serve(caller)

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def tls(
    own: Credentials, ahead: timedelta = timedelta(0), heard: list[bytes] | None = None
) -> Serve:
    """TLS that wants a certificate of the same authority, and tells the time, `ahead`."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=own.ca)
    context.load_cert_chain(own.certificate, own.key)
    context.verify_mode = ssl.CERT_REQUIRED

    def serve(caller: socket.socket) -> None:
        with context.wrap_socket(caller, server_side=True) as line:
            asked = line.recv(4096)
            if heard is not None:
                heard.append(asked)
            told = format_datetime(datetime.now(tz=UTC) + ahead, usegmt=True)
            line.sendall(f"HTTP/1.1 404 Not Found\r\ndate: {told}\r\n\r\n".encode())

    return serve


def inspecting(own: Credentials) -> Serve:
    """TLS in the name of an inspecting firewall, which wants no certificate."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(own.certificate, own.key)

    def serve(caller: socket.socket) -> None:
        with context.wrap_socket(caller, server_side=True) as line:
            line.recv(1)

    return serve


def cutting(caller: socket.socket) -> None:
    """Hangs up when it sees what it cannot open."""
    caller.recv(1)


def mute(caller: socket.socket) -> None:
    """Takes the call and says nothing until the other side hangs up."""
    while caller.recv(4096):
        pass


def proxy(heard: list[bytes], status: str = "200 OK") -> Serve:
    """A proxy of the environment, which lets through unless `status` says otherwise."""

    def serve(caller: socket.socket) -> None:
        asked = caller.recv(4096)
        heard.append(asked)
        caller.sendall(f"HTTP/1.1 {status}\r\nVia: test\r\n\r\n".encode())
        if not status.startswith("200"):
            return
        host, _, port = asked.split()[1].decode().rpartition(":")
        with socket.create_connection((host, int(port)), timeout=5) as out:
            back = threading.Thread(target=copy, args=(out, caller), daemon=True)
            back.start()
            copy(caller, out)
            back.join(5)

    return serve


def copy(source: socket.socket, target: socket.socket) -> None:
    """Bytes from one to the other until one of them ends."""
    with contextlib.suppress(OSError):
        while part := source.recv(4096):
            target.sendall(part)
        target.shutdown(socket.SHUT_WR)


@contextmanager
def full_door() -> Iterator[int]:
    """A port that drops every further call, as a firewall does: its queue is full."""
    with contextlib.ExitStack() as held:
        listener = held.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            caller = held.enter_context(socket.socket())
            caller.setblocking(False)
            caller.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


def closed_port() -> int:
    """A port of loopback on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@contextmanager
def name_server(*, answers: bool) -> Iterator[tuple[str, int]]:
    """A name server on loopback that knows no name, or does not answer."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind(("127.0.0.1", 0))

        def serve() -> None:
            with contextlib.suppress(OSError):
                asked, whom = line.recvfrom(512)
                line.sendto(asked[:2] + b"\x81\x83" + asked[4:], whom)

        if answers:
            threading.Thread(target=serve, daemon=True).start()
        yield line.getsockname()
