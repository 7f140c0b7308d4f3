"""The fleet port's socket and server: TLS 1.3 both ways, and a shutdown that ends."""

import asyncio
import socket
import ssl
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from foyer_protocol.errors import ConfigError


class FleetServer(uvicorn.Server):
    """Lets go of nodes that rest with a connection open: they never answer TLS's farewell."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Drop resting nodes, finish the calls in flight, then drop what is left."""
        self._drop(resting_only=True)
        await super().shutdown(sockets)
        self._drop(resting_only=False)
        await asyncio.sleep(0.05)

    def _drop(self, *, resting_only: bool) -> None:
        for connection in list(self.server_state.connections):
            call = getattr(connection, "cycle", None)
            resting = call is None or call.response_complete
            if isinstance(connection.transport, asyncio.Transport) and (
                resting or not resting_only
            ):
                connection.transport.abort()


def tls_config(app: ASGIApp, certificate: Path, key: Path, node_ca: Path) -> uvicorn.Config:
    """Prepare to serve `app` to whoever shows a certificate that `node_ca` signed.

    Raises:
        ConfigError: a file cannot be read.
    """
    config = uvicorn.Config(
        app,
        ssl_certfile=certificate,
        ssl_keyfile=key,
        ssl_ca_certs=str(node_ca),
        ssl_cert_reqs=ssl.CERT_REQUIRED,
        loop="asyncio",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    try:
        config.load()
    except OSError as error:
        raise ConfigError(
            "the fleet port's certificate, key or certificate authority cannot be read; "
            "the port was not opened",
            hint=f"Look at {certificate}, {key} and {node_ca}.",
        ) from error
    if config.ssl is not None:
        config.ssl.minimum_version = ssl.TLSVersion.TLSv1_3
    return config


def listen(host: str, port: int) -> socket.socket:
    """Bind here rather than in uvicorn, which ends the process where a port is taken."""
    try:
        listener = socket.create_server((host, port))
    except OSError as error:
        raise ConfigError(
            f"the fleet port {host}:{port} cannot be opened: {error.strerror}",
            hint="Choose another port, or end what is using this one.",
        ) from error
    # asyncio forgets this for sockets made here, and each answer then waits 40 ms.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener
