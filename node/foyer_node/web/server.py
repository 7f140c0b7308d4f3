"""Serves the local pages until told to stop. A taken port costs the pages, not the node."""

import logging
import socket
import threading
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import uvicorn

from foyer_node.adapters.durable import write_durably
from foyer_node.app import Node
from foyer_node.config import NodeConfig
from foyer_node.doctor import URL_FILE, Findings, examine
from foyer_node.faults import OnlyNameAndPlace
from foyer_node.web.access import LINK_FILE, open_access
from foyer_node.web.local_files import LocalFiles
from foyer_node.web.pages import create_pages, pages_of
from foyer_protocol.errors import ConfigError, FoyerError
from foyer_web.warming import WarmUp

log = logging.getLogger("foyer.node.web")


def serve_pages(node: Node, stop: threading.Event) -> None:
    """Serve an enrolled node's pages until `stop`. Without a port, say so and return."""
    try:
        serve_local(node.config, stop)
    except FoyerError as refusal:
        log.error("%s [%s] %s", refusal.message, refusal.code, refusal.hint)


def announce_in_log(url: str) -> None:
    """Where the pages are, for whoever reads the log."""
    log.info("local pages at %s; a link to sign in by is in %s", url, LINK_FILE)


def serve_local(
    config: NodeConfig,
    stop: threading.Event,
    *,
    announce: Callable[[str], None] = announce_in_log,
    announce_link: Callable[[str], None] = lambda link: None,
    look: Callable[[NodeConfig], Findings] = examine,
) -> None:
    """Serve the pages of the node in `config.folder`, enrolled or not, until `stop`.

    `announce` is told the address once they are served, `announce_link` the one-time link by
    which this machine's user signs in, and then each new one. `look` is what the status page
    asks for its checks; the doctor's own dials the coordinator.

    Raises:
        ConfigError: the address is taken or is not this machine's.
    """
    listener = _listen(config.web.host, config.web.port)
    url = _url(config.web.host, listener.getsockname()[1])
    zone = ZoneInfo(config.institution.timezone)
    node = LocalFiles(config, today=lambda: datetime.now(tz=zone).date(), look=look)
    kit = pages_of(node, WarmUp())
    access = open_access(config.folder, config.web.host)

    def renew_link() -> None:
        announce_link(access.write_link(config.folder, url))

    site = create_pages(
        node,
        address=lambda: url.removeprefix("http://").rstrip("/"),
        kit=kit,
        access=access,
        link_spent=renew_link,
    )
    server = uvicorn.Server(
        uvicorn.Config(
            site,
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=2,
        )
    )
    quiet = logging.getLogger("uvicorn.error")
    if not any(isinstance(one, OnlyNameAndPlace) for one in quiet.filters):
        quiet.addFilter(OnlyNameAndPlace())
    # Written before the first request can be answered: the socket listens already.
    write_durably(config.path(URL_FILE), url.encode())
    announce(url)
    renew_link()
    threading.Thread(target=_stop_when_told, args=(server, stop), daemon=True).start()
    try:
        server.run(sockets=[listener])
    finally:
        listener.close()
        config.path(URL_FILE).unlink(missing_ok=True)
        config.path(LINK_FILE).unlink(missing_ok=True)


def _stop_when_told(server: uvicorn.Server, stop: threading.Event) -> None:
    stop.wait()
    server.should_exit = True


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=64)
    except OSError as failure:
        raise ConfigError(
            f"the local pages cannot listen on {host}:{port}: {failure.strerror or failure};"
            " they are not served, and nothing else is affected",
            hint="Set another `port` or `host` under [web] in node.toml.",
        ) from None


def _url(host: str, port: int) -> str:
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host)  # noqa: S104 - said, not bound
    return f"http://{shown or (f'[{host}]' if ':' in host else host)}:{port}/"
