"""The four open ports of a coordinator and the thread behind them."""

import threading
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from foyer_coordinator.adapters.certificate_files import write_secret
from foyer_coordinator.adapters.control_server import Addresses, ControlServer, ServerTls
from foyer_coordinator.adapters.database_charges import DatabaseCharges
from foyer_coordinator.adapters.database_schedule import DatabaseSchedule
from foyer_coordinator.adapters.flower_server import FlowerCarrier
from foyer_coordinator.app import (
    AdmittingBook,
    Books,
    Recorder,
    Secrets,
    network_card,
    now,
    open_books,
    open_secrets,
    utc_now,
)
from foyer_coordinator.config import CoordinatorConfig
from foyer_coordinator.doors import Doors
from foyer_coordinator.enrolment_desk import Desk
from foyer_coordinator.heralds import Herald
from foyer_coordinator.memberships import check_application
from foyer_coordinator.planning.calendar import Calendar
from foyer_coordinator.ports import Exchange
from foyer_coordinator.service import Service
from foyer_coordinator.session import Deadlines
from foyer_protocol.control_pb2 import CoordinatorFrame
from foyer_protocol.errors import NotApproved
from foyer_protocol.ids import InstitutionId

if TYPE_CHECKING:
    from foyer_coordinator.portal.server import PortalServer


@dataclass(slots=True, kw_only=True)
class Streams:
    """The control streams as the service knows them."""

    server: ControlServer

    def connected(self) -> Iterable[str]:
        """Institutions whose stream is open."""
        return self.server.connected()

    def nudge(self, institutions: Iterable[str]) -> object:
        """Ask nodes to poll at once."""
        return self.server.nudge(InstitutionId(name) for name in institutions)

    def hang_up(self, institution: str) -> None:
        """End the stream of a node that may not be here any more."""
        self.server.hang_up(
            InstitutionId(institution),
            NotApproved(f"{institution!r} is suspended or removed; the stream was closed"),
        )

    def send_roster(self, institution: str, signed: bytes) -> None:
        """Push a roster."""
        self.server.push(InstitutionId(institution), CoordinatorFrame(roster=signed))

    def send_head(self, institution: str, update: bytes) -> None:
        """Push the history's head."""
        self.server.push(InstitutionId(institution), CoordinatorFrame(head=update))

    def send_proposal(self, institution: str, signed: bytes) -> None:
        """Push a proposed plan."""
        self.server.push(InstitutionId(institution), CoordinatorFrame(proposal=signed))

    def send_release(self, institution: str, signed: bytes) -> None:
        """Push a release."""
        self.server.push(InstitutionId(institution), CoordinatorFrame(release=signed))

    def send_aborted(self, institution: str, signed: bytes) -> None:
        """Push the certificate of a job that was given up."""
        self.server.push(InstitutionId(institution), CoordinatorFrame(aborted=signed))


@dataclass(slots=True, kw_only=True)
class Events:
    """What nodes say, handed to the service unless they are suspended."""

    books: Books
    service: Service | None = None

    def on_hello(
        self, institution: InstitutionId, software: str, protocol: int, catalogue: str
    ) -> None:
        """Refuse the suspended; greet all others."""
        known = self.books.members.institution(institution)
        if known is None or known.suspended:
            raise NotApproved(f"{institution!r} is suspended or removed; the stream was closed")
        if self.service is not None:
            self.service.on_hello(institution, software, protocol, catalogue)

    def on_status(self, institution: InstitutionId, state: str, data_until: date | None) -> None:
        """Note it."""
        if self.service is not None:
            self.service.on_status(institution, state, data_until)

    def on_witness(self, institution: InstitutionId, signed: bytes) -> None:
        """Keep it for the others."""
        if self.service is not None:
            self.service.on_witness(institution, signed)

    def on_helper_key(self, institution: InstitutionId, public: bytes, signature: bytes) -> None:
        """Check and keep it."""
        if self.service is not None:
            self.service.on_helper_key(institution, public, signature)

    def on_refunded(self, institution: InstitutionId, job_id: str) -> None:
        """Note it."""
        if self.service is not None:
            self.service.on_refunded(institution, job_id)

    def on_refusal(self, institution: InstitutionId, round_id: str, code: str) -> None:
        """Note it."""
        if self.service is not None:
            self.service.on_refusal(institution, round_id, code)


@dataclass(slots=True, kw_only=True)
class Serving:
    """Start, then run `service` in the calling thread, then stop."""

    config: CoordinatorConfig
    books: Books
    secrets: Secrets = field(repr=False)
    service: Service = field(init=False)
    _carrier: FlowerCarrier = field(init=False)
    _control: ControlServer = field(init=False)
    _portal: "PortalServer | None" = field(init=False, default=None)

    def start(self, recorder: Recorder | None = None) -> None:
        """Open fleet, control and enrolment ports, then the portal.

        Raises:
            ConfigError: a port is taken.
        """
        self._start_fleet(recorder)
        events = Events(books=self.books)
        card = network_card(self.config, self.secrets)
        book = AdmittingBook(book=self.books.invitations, register=self._carrier.register)
        desk = Desk(book=book, issuer=self.secrets.authority, card=card, vouch=check_application)
        self._control = ControlServer(desk=desk, events=events, clock=utc_now, recorder=recorder)
        streams = Streams(server=self._control)
        self.service = Service(
            network=self.config.network.slug,
            members=self.books.members,
            rounds=self.books.rounds,
            closings=self.books.closings,
            control=streams,
            herald=Herald(
                network=self.config.network.slug,
                book=self.books.history,
                identity=self.secrets.identity,
            ),
            doors=Doors(members=self.books.members, fleet=self._carrier, lines=streams),
            open_exchange=self._open_exchange,
            identity=self.secrets.identity,
            clock=now,
            deadlines=Deadlines(
                reports=self.config.rounds.report_seconds,
                answers=self.config.rounds.answer_seconds,
            ),
        )
        self.service.keep_calendar = Calendar(
            book=DatabaseSchedule(self.books.database),
            members=self.books.members,
            rounds=self.books.rounds,
            charges=DatabaseCharges(self.books.database),
            currency=self.config.network.currency,
            connected=streams.connected,
            clock=now,
        ).keep
        events.service = self.service
        self._start_control()
        self._start_portal()

    def _open_exchange(self) -> AbstractContextManager[Exchange]:
        return self._carrier.open_exchange()

    def _start_fleet(self, recorder: Recorder | None) -> None:
        folder = self.config.path("keys")
        key, certificate, authority = (
            folder / name for name in ("fleet.key", "fleet.pem", "fleet-authority.pem")
        )
        write_secret(key, self.secrets.server.key_pem)
        write_secret(certificate, self.secrets.server.certificate_pem)
        write_secret(authority, self.secrets.authority.certificate_pem.encode())
        listen = self.config.listen
        self._carrier = FlowerCarrier(
            host=listen.host,
            port=listen.fleet_port,
            certificate=certificate,
            key=key,
            node_ca=authority,
            recorder=recorder,
        )
        suspended: list[str] = []
        for institution in self.books.members.institutions():
            self._carrier.register(institution.slug, institution.transport_key.encode())
            if institution.suspended:
                suspended.append(institution.slug)
        self._carrier.shut_out(frozenset(suspended))
        self._carrier.start()

    def _start_control(self) -> None:
        listen = self.config.listen
        self._control.start(
            Addresses(
                enrolment=f"{listen.host}:{listen.enrolment_port}",
                control=f"{listen.host}:{listen.control_port}",
            ),
            ServerTls(
                network=self.config.network.slug,
                identity=self.secrets.server,
                authority_pem=self.secrets.authority.certificate_pem.encode(),
            ),
        )

    def _start_portal(self) -> None:
        from foyer_coordinator.adapters.openid_http import HttpOpenId
        from foyer_coordinator.portal import start_portal

        self._portal = start_portal(self.config, self.books, now, HttpOpenId())

    def stop(self) -> None:
        """Close every port."""
        if self._portal is not None:
            self._portal.stop()
        self._control.stop()
        self._carrier.stop()


def run_coordinator(
    config: CoordinatorConfig,
    stop: threading.Event,
    *,
    recorder: Recorder | None = None,
    ready: Callable[[], None] = lambda: None,
) -> None:
    """Serve nodes and members until `stop` is set.

    Raises:
        ConfigError: a port is taken, or no governance key is known.
    """
    with open_books(config) as books:
        serving = Serving(config=config, books=books, secrets=open_secrets(config))
        serving.start(recorder)
        try:
            ready()
            serving.service.run(stop)
        finally:
            serving.stop()
