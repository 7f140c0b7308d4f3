"""Every setting of a coordinator, with the reason for its default. Read once, at the start."""

import difflib
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from foyer_coordinator.config_sample import REST
from foyer_protocol.errors import ConfigError
from foyer_protocol.ids import Slug

CONFIG_NAME = "coordinator.toml"
BOOK_NAME = "book.sqlite"

Port = Annotated[int, Field(ge=0, le=65535)]
Seconds = Annotated[int, Field(ge=1, le=366 * 24 * 3600)]
ClientId = Annotated[str, Field(max_length=255, pattern=r"^\S*$")]
FileName = Annotated[str, Field(max_length=255)]
Tenant = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Domain = Annotated[str, Field(max_length=253, pattern=r"^[a-z0-9.-]+\.[a-z0-9-]+$")]
Host = Annotated[str, Field(min_length=1, max_length=253, pattern=r"^[A-Za-z0-9.:-]+$")]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Network(_Section):
    """The network itself, as members see it.

    `title` is what pages call it; empty means the short name, which always exists.
    `currency` is fixed for a network, since money of two currencies cannot be summed.
    `governance_quorum`: how many keys of `governance.pub` must sign a roster; 0 means more
    than half. Nodes pin it when they enrol: a change reaches only those who enrol anew.
    """

    slug: Slug
    title: str = Field(default="", max_length=120)
    currency: str = Field(default="EUR", pattern=r"^[A-Z]{3}$")
    governance_quorum: int = Field(default=0, ge=0, le=99)


class Book(_Section):
    """The database.

    `url`: empty means an SQLite file in the data folder, which one coordinator never
    outgrows; name PostgreSQL where it is backed up anyway. A password is never written
    here: PostgreSQL reads it from the file named by `?passfile=`.
    """

    url: str = ""

    @model_validator(mode="after")
    def _holds_no_password(self) -> Self:
        try:
            password = urlsplit(self.url).password
        except ValueError:
            raise ValueError("it is not a database URL") from None
        if password or re.search(r"[?&]password=", self.url):
            raise ValueError("it holds a password; name a file with ?passfile= instead")
        return self


class Listening(_Section):
    """Where the three ports for nodes listen, and what nodes are told.

    `host`: every address, since nodes come from other buildings. Ports follow each other
    so that one firewall rule opens them; 0 takes a free one. `public_host` is the name in
    invitations and in the server's certificate: localhost is right only for a demo.
    """

    host: Host = "0.0.0.0"  # noqa: S104 - all three ports are guarded by TLS
    public_host: Host = "localhost"
    enrolment_port: Port = 7001
    control_port: Port = 7002
    fleet_port: Port = 7003


class Portal(_Section):
    """The pages that members read.

    `host`: loopback, since TLS for browsers is the business of the proxy in front.
    `public_url`: what members type; empty means that nothing stands in front, which is
    right only for a demo. Cookies are bound to HTTPS exactly when it starts with https.
    `link_seconds`: 15 minutes, to reach a mailbox but be worthless in an archive.
    `session_seconds`: 12 hours, a working day.
    `language`: for readers whose browser asks for none of ours.
    """

    host: Host = "127.0.0.1"
    port: Port = 7000
    public_url: str = Field(default="", pattern=r"^(https?://[A-Za-z0-9.:\[\]-]+)?$")
    link_seconds: Seconds = 15 * 60
    session_seconds: Seconds = 12 * 60 * 60
    language: str = Field(default="en", pattern=r"^[a-z]{2}$")


class Entra(_Section):
    """Signing in with Microsoft Entra ID. Without `client_id` it is not offered.

    `tenants`: directory ids whose people may sign in; never empty, since every Microsoft
    account would be let in otherwise. `secret_file` lies in the data folder. `authority` is
    another for national clouds.
    """

    client_id: ClientId = ""
    secret_file: FileName = ""
    tenants: tuple[Tenant, ...] = ()
    authority: str = Field(
        default="https://login.microsoftonline.com", pattern=r"^https?://[A-Za-z0-9.:-]+$"
    )

    @model_validator(mode="after")
    def _names_tenants(self) -> Self:
        if self.client_id and not self.tenants:
            raise ValueError("tenants names nobody; name the directory ids that may sign in")
        return self


class Google(_Section):
    """Signing in with Google Workspace. Without `client_id` it is not offered.

    `domains`: Workspace domains whose people may sign in; never empty, since every Google
    account would be let in otherwise. `secret_file` lies in the data folder.
    """

    client_id: ClientId = ""
    secret_file: FileName = ""
    domains: tuple[Domain, ...] = ()

    @model_validator(mode="after")
    def _names_domains(self) -> Self:
        if self.client_id and not self.domains:
            raise ValueError("domains names nobody; name the Workspace domains that may sign in")
        return self


class OpenIdProvider(_Section):
    """Signing in with another OpenID provider. Without `client_id` it is not offered.

    `issuer` is what it calls itself, without the path of its discovery document; `title` is
    what pages call it. `secret_file` lies in the data folder.
    """

    client_id: ClientId = ""
    secret_file: FileName = ""
    issuer: str = Field(default="", max_length=255, pattern=r"^(https?://[^\s?#]+)?$")
    title: str = Field(default="OpenID", min_length=1, max_length=60)

    @model_validator(mode="after")
    def _names_issuer(self) -> Self:
        if self.client_id and not self.issuer:
            raise ValueError("issuer is empty; name the provider's issuer")
        return self


class Rounds(_Section):
    """How long a round waits, and who may launch it.

    `report_seconds`: an hour for nodes to report; late ones miss the round, and a round
    closes early once all have answered. `answer_seconds`: ten minutes for helpers, whose
    answer is a short computation, before the round is given up. `second_person`: whoever
    proposed a round or a schedule does not launch or approve it, since nothing gives a budget
    back that was spent on a mistake; false is for a network with one operator.
    """

    report_seconds: Seconds = 3600
    answer_seconds: Seconds = 600
    second_person: bool = True


class CoordinatorConfig(_Section):
    """One coordinator. `folder` holds `coordinator.toml` and everything else."""

    network: Network
    database: Book = Book()
    listen: Listening = Listening()
    portal: Portal = Portal()
    entra: Entra = Entra()
    google: Google = Google()
    openid: OpenIdProvider = OpenIdProvider()
    rounds: Rounds = Rounds()
    folder: Path = Path()

    def path(self, *parts: str) -> Path:
        """A place in the data folder."""
        return self.folder.joinpath(*parts)

    @property
    def database_url(self) -> str:
        """The database, wherever it is."""
        return self.database.url or f"sqlite:///{self.path(BOOK_NAME).resolve()}"

    @property
    def title(self) -> str:
        """What pages call the network."""
        return self.network.title or self.network.slug


def read_config(folder: Path) -> CoordinatorConfig:
    """Read `coordinator.toml` in `folder`.

    Raises:
        ConfigError: there is none, it is not TOML, or a setting is unknown or impossible.
    """
    path = folder / CONFIG_NAME
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(
            f"there is no {CONFIG_NAME} in {folder}",
            hint="Make one with `foyer-coordinator init`, or set FOYER_COORDINATOR_DIR.",
        ) from None
    except (ValueError, RecursionError) as failure:  # TOML, UTF-8, and numbers without end
        raise ConfigError(f"{CONFIG_NAME} is not TOML: {failure}") from None
    if "folder" in settings:
        raise ConfigError(f"{CONFIG_NAME}: folder is no setting; it is where the file lies")
    try:
        return CoordinatorConfig.model_validate({**settings, "folder": folder})
    except ValidationError as failure:
        raise ConfigError(_explain(failure)) from None


def _explain(failure: ValidationError) -> str:
    error = failure.errors(include_input=False, include_url=False)[0]
    place = ".".join(str(step) for step in error["loc"])
    if error["type"] != "extra_forbidden":
        return f"{CONFIG_NAME}: {place}: {error['msg']}"
    written = str(error["loc"][-1])
    near = difflib.get_close_matches(place, sorted(_settings()), n=1)
    near = near or [s for s in _settings() if s.rpartition(".")[2] == written][:1]
    return f"{CONFIG_NAME}: {place} is no setting" + (f"; {near[0]} is" if near else "")


def _settings() -> Iterator[str]:
    """Every setting's full name: `portal.port`."""
    for section, declared in CoordinatorConfig.model_fields.items():
        kind = declared.annotation
        if isinstance(kind, type) and issubclass(kind, _Section):
            yield section
            yield from (f"{section}.{name}" for name in kind.model_fields)


def render_config(network: Network) -> str:
    """A commented `coordinator.toml` for a new coordinator.

    Raises:
        ConfigError: the title holds a character that TOML could not carry.
    """
    if not network.title.isprintable():
        raise ConfigError("the network's title has a character that cannot be printed")
    title = network.title.replace("\\", "\\\\").replace('"', '\\"')
    return (
        f'[network]\nslug = "{network.slug}"\ntitle = "{title}"\n'
        f'currency = "{network.currency}"\n\n' + REST
    )
