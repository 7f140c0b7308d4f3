"""Verdicts on the way to the coordinator: names, proxies, ports and who answers there."""

from collections.abc import Mapping

from foyer_node.doctoring.findings import Finding, Mark, finding
from foyer_node.doctoring.proxies import Route, is_wrong
from foyer_node.doctoring.sightings import Dialled, End, LookedUp, Proxy

_PLAIN = {
    End.REFUSED: "port-refused",
    End.SILENT: "port-silent",
    End.NO_ROUTE: "port-no-route",
    End.CUT: "port-cut",
}


def judge_names(seen: LookedUp) -> Finding:
    """Whether the name is known, and else which name server failed how."""
    if seen.addresses:
        return finding("dns", Mark.GOOD, "dns-answers", host=seen.host)
    if seen.denied or not (seen.silent or seen.is_timeout):
        servers = ", ".join(seen.denied) or "the system"
        return finding("dns", Mark.BROKEN, "dns-no-name", host=seen.host, servers=servers)
    servers = ", ".join(seen.silent) or "the system"
    return finding("dns", Mark.BROKEN, "dns-silent", host=seen.host, servers=servers)


def judge_proxy(routes: Mapping[str, Route], variable: str, value: str) -> Finding:
    """`routes` of the two connections, and the `variable` that is set, "" where none is."""
    if not variable:
        return finding("proxy", Mark.GOOD, "proxy-none")
    if is_wrong(value):
        return finding("proxy", Mark.LOOK, "proxy-kind", variable=variable)
    used = {name: proxy for name, proxy in routes.items() if proxy}
    if not used:
        return finding("proxy", Mark.GOOD, "proxy-unused", variable=variable)
    by = next(iter(used.values()))
    places = {proxy.shown if proxy else "" for proxy in routes.values()}
    mark, code = (Mark.LOOK, "proxy-split") if len(places) > 1 else (Mark.GOOD, "proxy-used")
    return finding("proxy", mark, code, variable=by.variable, proxy=by.shown)


def judge_dial(
    name: str, address: str, network: str, seen: Dialled, proxy: Proxy | None = None
) -> Finding:
    """One of the two connections."""
    if seen.end is End.ANSWERED:
        return finding(name, Mark.GOOD, "answers", network=network, address=address)
    if seen.end is End.STRANGER:
        return _judge_stranger(name, address, seen)
    if seen.end is End.PROXY and proxy is not None:
        return finding(
            name, Mark.BROKEN, "proxy-refuses",
            proxy=proxy.shown, address=address, reason=seen.reason,
        )  # fmt: skip
    if seen.end in _PLAIN:
        return finding(name, Mark.BROKEN, _PLAIN[seen.end], address=address)
    return finding(name, Mark.BROKEN, "unreachable", address=address, reason=seen.reason)


def _judge_stranger(name: str, address: str, seen: Dialled) -> Finding:
    """A certificate that does not verify: ours at the wrong time, another maker's, or odd."""
    if seen.is_ours and seen.is_untimely:
        return finding(name, Mark.BROKEN, "certificate-time", address=address)
    if seen.issuer and not seen.is_ours:
        return finding(name, Mark.BROKEN, "inspected", address=address, issuer=seen.issuer)
    return finding(name, Mark.BROKEN, "stranger", address=address, reason=seen.reason)
