"""A coordinator's control plane and nodes of it, on loopback sockets."""

import queue
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from tests.support.invitation_book import MemoryBook

from foyer_coordinator.adapters.certificates import create_authority, fingerprint
from foyer_coordinator.adapters.control_server import Addresses, ControlServer, ServerTls
from foyer_coordinator.enrolment import (
    CODE_LIFETIME,
    Invitation,
    NetworkCard,
    format_code,
    hash_code,
    invitation_text,
)
from foyer_coordinator.enrolment_desk import Desk
from foyer_node.adapters.control_client import Backoff, ControlClient, ControlTls
from foyer_node.enrolment import EnrolmentKeys, make_certificate_key, request_certificate

START = datetime.now(UTC).replace(microsecond=0)
QUICK = Backoff(first_seconds=0.1, most_seconds=0.4)

WAIT_SECONDS = 30.0
"""For what takes milliseconds, on a machine that does other things too."""


class Heard:
    """What one side was told, in order; implements both sides' events."""

    def __init__(self) -> None:
        self.calls: queue.Queue[tuple] = queue.Queue()
        self.refuse_hello: Exception | None = None

    def on_hello(self, *said):
        self.calls.put(("hello", *said))
        if self.refuse_hello is not None:
            raise self.refuse_hello

    def on_status(self, *said):
        self.calls.put(("status", *said))

    def on_refusal(self, *said):
        self.calls.put(("refusal", *said))

    def on_roster(self, signed):
        self.calls.put(("roster", signed))

    def on_head(self, update):
        self.calls.put(("head", update))

    def on_witness(self, *said):
        self.calls.put(("witness", *said))

    def on_proposal(self, signed):
        self.calls.put(("proposal", signed))

    def on_nudge(self):
        self.calls.put(("nudge",))

    def on_release(self, signed):
        self.calls.put(("release", signed))

    def on_aborted(self, signed):
        self.calls.put(("aborted", signed))

    def on_helper_key(self, *said):
        self.calls.put(("helper-key", *said))

    def on_refunded(self, *said):
        self.calls.put(("refunded", *said))

    def on_notice(self, code, text):
        self.calls.put(("notice", code, text))

    def next(self, seconds=WAIT_SECONDS):
        """Return the next call, or fail the test after `seconds`."""
        return self.calls.get(timeout=seconds)


class Plane:
    """One network: its authority, its book and its two ports."""

    def __init__(self, network="kulturnet", hosts=("127.0.0.1",), vouch=lambda request: None):
        self.network = network
        self.now = START
        self.authority = create_authority(network, START)
        self.identity = self.authority.issue_server(hosts, START)
        self.book = MemoryBook()
        self.heard = Heard()
        self.recorded: list[tuple[str, bytes]] = []
        self.vouch = vouch
        self.ports = (0, 0)
        self.server: ControlServer | None = None

    def start(self):
        """Listen; on the same ports as before, if there was a before."""
        card = NetworkCard(
            network=self.network,
            authority_pem=self.authority.certificate_pem,
            coordinator_key="c" * 64,
            governance_keys=("a" * 64, "b" * 64),
            governance_quorum=1,
            control_address=f"127.0.0.1:{self.ports[1] or 1}",
            fleet_address="127.0.0.1:2",
        )
        desk = Desk(book=self.book, issuer=self.authority, card=card, vouch=self.vouch)
        self.server = ControlServer(
            desk=desk,
            events=self.heard,
            clock=lambda: self.now,
            recorder=lambda method, message: self.recorded.append((method, message)),
        )
        tls = ServerTls(
            network=self.network,
            identity=self.identity,
            authority_pem=self.authority.certificate_pem.encode(),
        )
        enrolment, control = self.ports
        self.ports = self.server.start(
            Addresses(enrolment=f"127.0.0.1:{enrolment}", control=f"127.0.0.1:{control}"), tls
        )
        return self

    def stop(self):
        """Stop listening."""
        self.server.stop(0.2)

    def invite(self, institution="mak", entropy=b"thirteen byte"):
        """Write an invitation in the book and return its line."""
        code = format_code(entropy)
        row = Invitation(
            institution=institution,
            code_hash=hash_code(code),
            expires_at=self.now + CODE_LIFETIME,
        )
        self.book.rows[row.code_hash] = row
        return invitation_text(
            host="127.0.0.1",
            port=self.ports[0],
            code=code,
            fingerprint=fingerprint(self.identity.certificate_pem),
        )

    def wait_until_expired(self):
        """Let a day pass at the desk."""
        self.now += CODE_LIFETIME + timedelta(seconds=1)

    def tls_of(self, institution):
        """Return a certificate of this network for an institution, without the desk."""
        key = make_certificate_key()
        return ControlTls(
            authority_pem=self.authority.certificate_pem.encode(),
            certificate_pem=self.authority.issue(
                request_certificate(key), institution, START
            ).encode(),
            key_pem=key,
        )

    @contextmanager
    def node(self, institution="mak", tls=None, on_sent=lambda kind, raw: None):
        """Run a node's client; yield it with what it has heard."""
        heard, stop = Heard(), threading.Event()
        client = ControlClient(
            address=f"127.0.0.1:{self.ports[1]}",
            tls=tls or self.tls_of(institution),
            events=heard,
            software_version="0.1.0",
            catalogue_fingerprint="f" * 64,
            backoff=QUICK,
            on_sent=on_sent,
        )
        thread = threading.Thread(target=client.run, args=(stop,))
        thread.start()
        try:
            yield client, heard
        finally:
            stop.set()
            thread.join(WAIT_SECONDS)
            assert not thread.is_alive(), "the client did not stop"


def enrolment_keys(certificate_key=None):
    """Return the public halves of some node's keys."""
    return EnrolmentKeys(
        signing_key="5" * 64,
        transport_key_pem="-----BEGIN PUBLIC KEY-----",
        helper_key=b"helper key",
        helper_key_signature=b"its signature",
        certificate_request_pem=request_certificate(certificate_key or make_certificate_key()),
    )


def eventually(holds: Callable[[], bool], seconds=WAIT_SECONDS):
    """Return as soon as something holds; fail the test if it does not in `seconds`."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.01)
