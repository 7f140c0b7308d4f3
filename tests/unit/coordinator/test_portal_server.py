"""The portal is served from a thread, answers when `start_portal` returns, and lets go."""

import socket

import httpx
import pytest

from foyer_coordinator.app import open_books
from foyer_coordinator.config import CoordinatorConfig, Network, Portal
from foyer_coordinator.portal import start_portal
from foyer_protocol.errors import ConfigError


def config_at(folder, **portal):
    return CoordinatorConfig(
        network=Network(slug="kulturnet"), portal=Portal(**portal), folder=folder
    )


def test_the_portal_answers_at_once_and_its_port_is_free_again(tmp_path):
    config = config_at(tmp_path, port=0)
    with open_books(config) as books:
        server = start_portal(config, books, lambda: 1000)
        try:
            answer = httpx.get(f"{server.address}/healthz", trust_env=False)
        finally:
            server.stop()
    assert (answer.status_code, answer.text) == (200, "ok")
    assert "server" not in answer.headers
    with socket.create_server(("127.0.0.1", server.port)):
        pass  # nobody listens there any more


@pytest.mark.parametrize("host", ["127.0.0.1", "192.0.2.1"])
def test_an_address_that_cannot_be_had_is_a_setting_to_change(tmp_path, host):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        config = config_at(tmp_path, host=host, port=taken.getsockname()[1])
        with open_books(config) as books, pytest.raises(ConfigError) as caught:
            start_portal(config, books, lambda: 1000)
    assert "it was not started" in caught.value.message
