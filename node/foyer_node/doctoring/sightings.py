"""What the probes of `adapters` hand to the verdicts: values, and no judgement."""

from dataclasses import dataclass, field
from enum import StrEnum


class End(StrEnum):
    """How far a dial came."""

    ANSWERED = "answered"  # TLS with a certificate of our authority
    NO_NAME = "no-name"
    REFUSED = "refused"
    SILENT = "silent"
    NO_ROUTE = "no-route"
    CUT = "cut"  # reached, and no TLS after that
    PROXY = "proxy"  # the proxy said no
    STRANGER = "stranger"  # a certificate that does not verify
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """A proxy of the environment. What stands before its `@` is a secret."""

    variable: str
    host: str
    port: int
    credentials: str = field(default="", repr=False)  # user:password

    @property
    def shown(self) -> str:
        """Host and port."""
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialled:
    """One dial. `issuer` and `is_ours` are of a certificate that did not verify."""

    end: End
    reason: str = ""
    issuer: str = ""
    is_ours: bool = False  # made by the network's authority all the same
    is_untimely: bool = False  # refused for its first or last day
    skew_seconds: float | None = None  # their clock minus ours, where they told the time


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedUp:
    """A name and what became of it. Servers are asked one by one only if it was not found."""

    host: str
    addresses: tuple[tuple[int, str], ...] = ()  # family and numeric address
    denied: tuple[str, ...] = ()  # name servers that answer and know no address
    silent: tuple[str, ...] = ()  # name servers that do not answer
    is_timeout: bool = False  # the system gave no answer in time


@dataclass(frozen=True, slots=True, kw_only=True)
class MemorySeen:
    """Bytes that this process may have at most, and those that it can have now."""

    limit: int
    available: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """A TCP socket that waits for others."""

    address: str
    port: int

    @property
    def shown(self) -> str:
        """As it is written in an address."""
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"{host}:{self.port}"
