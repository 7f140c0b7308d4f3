"""The way to the coordinator looked at: certificate, names, proxy and both connections."""

import os
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from ipaddress import ip_address

from foyer_node.adapters.name_probe import in_parallel, look_up
from foyer_node.adapters.port_probe import Door, dial, last_day
from foyer_node.app import Membership, read_membership
from foyer_node.config import NodeConfig
from foyer_node.doctoring.findings import Finding, Mark, finding
from foyer_node.doctoring.network import judge_dial, judge_names, judge_proxy
from foyer_node.doctoring.proxies import Route, proxy_set, route_of
from foyer_node.doctoring.rounds import judge_certificate
from foyer_node.doctoring.sightings import Dialled, End, LookedUp
from foyer_protocol.errors import ConfigError

ALL_NAMES_SECONDS = 4.0
ALL_DIALS_SECONDS = 4.5
_ADDRESS = re.compile(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+):[0-9]{1,5}")
CERTIFICATES = ("client.pem", "authority.pem")


def look_at_network(
    config: NodeConfig, environment: Mapping[str, str] | None = None
) -> tuple[list[Finding], float | None]:
    """What was found, and the coordinator's clock minus ours in seconds if it told the time."""
    try:
        membership = read_membership(config)
    except ConfigError:
        return [finding("network", Mark.LOOK, "not-enrolled")], None
    found = [_certificate(config)]
    variables = os.environ if environment is None else environment
    places = {
        name: _place(address)
        for name, address in (
            ("control", membership.control_address),
            ("fleet", membership.fleet_address),
        )
    }
    routes = {name: route_of(name, host, variables) for name, (host, _) in places.items()}
    names = {name: route.host if (route := routes[name]) else places[name][0] for name in places}
    known = _look_up_all(tuple(dict.fromkeys(names.values())))
    found += [judge_names(seen) for host, seen in known.items() if not _is_number(host)]
    found.append(judge_proxy(routes, *proxy_set(variables)))
    if found[0].code == "certificate-missing":  # without it nobody can be dialled
        return found, None
    doors = [
        Door(
            host=places[name][0],
            port=places[name][1],
            addresses=known[names[name]].addresses,
            folder=config.path("keys"),
            proxy=routes[name],
            ask_time=name == "fleet",
        )
        for name in places
    ]
    seen = in_parallel([partial(dial, door) for door in doors], ALL_DIALS_SECONDS)
    silent = Dialled(end=End.SILENT)
    dials = {name: one or silent for name, one in zip(places, seen, strict=True)}
    found += [_said(membership, name, places[name], dials[name], routes[name]) for name in places]
    return found, dials["fleet"].skew_seconds


def _look_up_all(hosts: tuple[str, ...]) -> dict[str, LookedUp]:
    """Each host by its name, all at once; one that takes too long was not found in time."""
    seen = in_parallel([partial(look_up, host) for host in hosts], ALL_NAMES_SECONDS)
    return {
        host: one or LookedUp(host=host, is_timeout=True)
        for host, one in zip(hosts, seen, strict=True)
    }


def _said(
    membership: Membership, name: str, place: tuple[str, int], seen: Dialled, route: Route
) -> Finding:
    host = f"[{place[0]}]" if ":" in place[0] else place[0]
    address = f"{host}:{place[1]}"
    return judge_dial(name, address, membership.network.slug, seen, route)


def _certificate(config: NodeConfig) -> Finding:
    """Until when ours is good; broken where it, or the network's, is not there."""
    ends, missing = [], []
    for name in CERTIFICATES:
        try:
            ends.append(last_day(config.path("keys", name)))
        except (OSError, ValueError):
            missing.append(name)
    if missing:
        files = ", ".join(missing)
        return finding("certificate", Mark.BROKEN, "certificate-missing", files=files)
    return judge_certificate(ends[0].date(), datetime.now(tz=UTC).date())


def _place(address: str) -> tuple[str, int]:
    """Host and port, of an address that enrolment checked; the file may be damaged since."""
    if not _ADDRESS.fullmatch(address):
        raise ValueError("an address of the network is not host:port")
    host, _, port = address.rpartition(":")
    return host.strip("[]"), int(port)


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
