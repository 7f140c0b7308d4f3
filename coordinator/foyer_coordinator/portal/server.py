"""The portal's web server, in a thread of its own."""

import ipaddress
import socket
import threading
import time
from collections.abc import Callable
from typing import Protocol

import uvicorn

from foyer_coordinator.config import CoordinatorConfig, Portal
from foyer_coordinator.portal.accounts import Accounts
from foyer_coordinator.portal.app import Books, Settings, create_app
from foyer_coordinator.portal.audit import AuditBook
from foyer_coordinator.portal.flows import FlowBook, Flows
from foyer_coordinator.portal.openid import Nowhere, OpenId, Web
from foyer_coordinator.portal.openid_providers import Provider, entra, generic, google
from foyer_coordinator.portal.passkeys import Passkeys
from foyer_coordinator.portal.passwords import Passwords, TryBook
from foyer_coordinator.portal.people import People, PeopleBook, WaysBook
from foyer_coordinator.portal.sign_in import SignIn, SignInBook
from foyer_coordinator.ports import MemberBook, RoundBook
from foyer_protocol.crypto.randomness import system_entropy
from foyer_protocol.errors import ConfigError, InternalError
from foyer_web import paths
from foyer_web.render import Pages
from foyer_web.warming import WarmUp

START_SECONDS = 10.0
STOP_SECONDS = 3
"""How long calls in flight may take to end."""


class AllWays(WaysBook, TryBook, FlowBook, Protocol):
    """Ways in, tries and sign-ins that have begun are kept in one place."""


class PortalBooks(Protocol):
    """The parts of the database that the portal needs."""

    @property
    def members(self) -> MemberBook: ...
    @property
    def rounds(self) -> RoundBook: ...
    @property
    def sign_in(self) -> SignInBook: ...
    @property
    def people(self) -> PeopleBook: ...
    @property
    def audit(self) -> AuditBook: ...
    @property
    def ways(self) -> AllWays: ...


class PortalServer(uvicorn.Server):
    """A running portal. `address` is where it listens."""

    def __init__(self, config: uvicorn.Config, listening: socket.socket) -> None:
        super().__init__(config)
        self._listening = listening
        self._thread = threading.Thread(target=self._serve_here, name="portal", daemon=True)
        host, self.port = listening.getsockname()[:2]
        self.address = (
            f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"
        )

    def start(self) -> None:
        """Serve, and return once it answers.

        Raises:
            InternalError: it does not answer in time.
        """
        self._thread.start()
        end = time.monotonic() + START_SECONDS
        while not self.started:
            if time.monotonic() > end or not self._thread.is_alive():
                self.should_exit = True
                raise InternalError(f"the portal did not start within {START_SECONDS:.0f} seconds")
            time.sleep(0.01)

    def stop(self) -> None:
        """Finish the calls in flight and close the port."""
        self.should_exit = True
        self._thread.join(STOP_SECONDS + 2)

    def _serve_here(self) -> None:
        self.run(sockets=[self._listening])


def start(
    config: CoordinatorConfig, books: PortalBooks, clock: Callable[[], int], web: Web | None = None
) -> PortalServer:
    """Serve the portal in a thread of its own, and return once it answers.

    Raises:
        ConfigError: the port is taken, or there is no such address here.
    """
    portal = config.portal
    app = create_app(
        books=Books(members=books.members, rounds=books.rounds),
        sign_in=SignIn(
            book=books.sign_in,
            clock=clock,
            entropy=system_entropy,
            link_seconds=portal.link_seconds,
            session_seconds=portal.session_seconds,
        ),
        pages=Pages(
            network=config.title,
            default_locale=portal.language,
            warm_up=WarmUp(),
            account_path=paths.ACCOUNT,
        ),
        settings=Settings(public_url=portal.public_url),
        accounts=accounts_of(config, books, clock, web),
    )
    settings = uvicorn.Config(
        app,
        access_log=False,  # a sign-in link's address holds its token
        log_config=None,  # logging is the process's business
        server_header=False,
        proxy_headers=False,  # nothing here depends on who asks
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    server = PortalServer(settings, _listen(portal))
    server.start()
    return server


def accounts_of(
    config: CoordinatorConfig, books: PortalBooks, clock: Callable[[], int], web: Web | None = None
) -> Accounts:
    """People and how they sign in, over these books."""
    passwords = Passwords(ways=books.ways, tries=books.ways, clock=clock, entropy=system_entropy)
    return Accounts(
        people=People(book=books.people, clock=clock, entropy=system_entropy),
        ways=books.ways,
        audit=books.audit,
        passwords=passwords,
        passkeys=Passkeys(
            network=config.title,
            ways=books.ways,
            flows=Flows(book=books.ways, clock=clock),
            clock=clock,
            entropy=system_entropy,
        ),
        openid=OpenId(
            providers={one.slug: one for one in (providers_of(config) if web else ())},
            web=web or Nowhere(),
            flows=Flows(book=books.ways, clock=clock),
            clock=clock,
            entropy=system_entropy,
        ),
    )


def providers_of(config: CoordinatorConfig) -> tuple[Provider, ...]:
    """The providers that are set up, with their secrets read.

    Raises:
        ConfigError: a file with a secret cannot be read.
    """
    found = []
    if config.entra.client_id:
        one = config.entra
        secret = _secret(config, one.secret_file)
        found.append(entra(one.authority, one.tenants, one.client_id, secret))
    if config.google.client_id:
        secret = _secret(config, config.google.secret_file)
        found.append(google(config.google.domains, config.google.client_id, secret))
    if config.openid.client_id:
        other = config.openid
        secret = _secret(config, other.secret_file)
        found.append(generic(other.title, other.issuer, other.client_id, secret))
    return tuple(found)


def _secret(config: CoordinatorConfig, name: str) -> str:
    if not name:
        return ""
    try:
        return config.path(name).read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        raise ConfigError(
            f"the file {name} with a provider's secret cannot be read; the portal was not started",
            hint="Put the secret there, readable for the coordinator only.",
        ) from None


def _listen(portal: Portal) -> socket.socket:
    try:
        version = ipaddress.ip_address(portal.host).version
    except ValueError:
        version = 4  # a name
    family = socket.AF_INET6 if version == 6 else socket.AF_INET
    try:
        return socket.create_server((portal.host, portal.port), family=family)
    except OSError as failure:
        raise ConfigError(
            f"the portal cannot listen on {portal.host} port {portal.port}"
            f" ({failure.strerror}); it was not started",
            hint="Stop what uses the port, or set portal.port in coordinator.toml.",
        ) from failure
