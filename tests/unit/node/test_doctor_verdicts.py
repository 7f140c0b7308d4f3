"""Promise: the doctor tells one trouble from another, and says each by a code of its own."""

from datetime import date, timedelta

import pytest

from foyer_node.doctoring.data import (
    judge_encryption,
    judge_freshness,
    judge_policy,
    judge_quarantine,
    judge_sources,
    judge_version,
)
from foyer_node.doctoring.findings import Findings, Mark
from foyer_node.doctoring.machine import (
    LEAST_FREE_BYTES,
    NODE_BYTES,
    STORE_BYTES,
    judge_clock,
    judge_disk,
    judge_keys,
    judge_listening,
    judge_memory,
)
from foyer_node.doctoring.network import judge_dial, judge_names, judge_proxy
from foyer_node.doctoring.proxies import proxy_set, route_of
from foyer_node.doctoring.rounds import RENEWAL_DAYS, judge_certificate
from foyer_node.doctoring.sightings import Dialled, End, Listener, LookedUp, MemorySeen, Proxy
from foyer_web.check_texts import CHECKS

TODAY = date(2026, 11, 24)
HOST = "coordinator.example"
ADDRESS = f"{HOST}:7001"
SQUID = Proxy(variable="https_proxy", host="squid", port=3128)
GOOD, LOOK, BROKEN = Mark.GOOD, Mark.LOOK, Mark.BROKEN


def said(found):
    assert found.code in CHECKS, found
    assert found.text
    assert found.mark is GOOD or found.advice, "what is wrong comes with what to do"
    return found.mark, found.code


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (Dialled(end=End.ANSWERED), (GOOD, "answers")),
        (Dialled(end=End.REFUSED), (BROKEN, "port-refused")),
        (Dialled(end=End.SILENT), (BROKEN, "port-silent")),
        (Dialled(end=End.NO_ROUTE), (BROKEN, "port-no-route")),
        (Dialled(end=End.CUT), (BROKEN, "port-cut")),
        (Dialled(end=End.PROXY, reason="407"), (BROKEN, "proxy-refuses")),
        (Dialled(end=End.NO_NAME, reason="no address"), (BROKEN, "unreachable")),
        (Dialled(end=End.OTHER, reason="odd"), (BROKEN, "unreachable")),
        (Dialled(end=End.STRANGER, issuer="Zscaler"), (BROKEN, "inspected")),
        (
            Dialled(end=End.STRANGER, issuer="foyer", is_ours=True, is_untimely=True),
            (BROKEN, "certificate-time"),
        ),
        (Dialled(end=End.STRANGER, issuer="foyer", is_ours=True), (BROKEN, "stranger")),
        (Dialled(end=End.STRANGER, reason="unknown"), (BROKEN, "stranger")),
    ],
)
def test_every_end_of_a_dial_has_its_own_words(seen, expected):
    assert said(judge_dial("control", ADDRESS, "nordic", seen, SQUID)) == expected


def test_who_opens_the_traffic_is_named_with_what_to_ask_for():
    seen = Dialled(end=End.STRANGER, issuer="Zscaler Root CA, Zscaler Inc.")
    found = judge_dial("control", ADDRESS, "nordic", seen)
    assert "Zscaler Root CA, Zscaler Inc." in found.text
    assert found.advice == (
        f"Your network opens encrypted traffic: ask IT to exempt {ADDRESS}."
    )  # fmt: skip


@pytest.mark.parametrize(
    ("seen", "code", "servers"),
    [
        (LookedUp(host=HOST, addresses=((2, "192.0.2.1"),)), "dns-answers", None),
        (LookedUp(host=HOST, denied=("192.0.2.53",), silent=("192.0.2.54",)), "dns-no-name",
         "192.0.2.53"),
        (LookedUp(host=HOST, silent=("192.0.2.53", "192.0.2.54")), "dns-silent",
         "192.0.2.53, 192.0.2.54"),
        (LookedUp(host=HOST, is_timeout=True), "dns-silent", "the system"),
        (LookedUp(host=HOST), "dns-no-name", "the system"),
    ],
)  # fmt: skip
def test_a_silent_name_server_is_told_from_one_that_does_not_know_the_name(seen, code, servers):
    found = judge_names(seen)
    assert said(found)[1] == code
    assert found.values.get("servers") == servers


@pytest.mark.parametrize(
    ("environment", "host", "expected"),
    [
        ({}, HOST, (GOOD, "proxy-none")),
        ({"https_proxy": "http://squid:3128"}, HOST, (GOOD, "proxy-used")),
        ({"HTTPS_PROXY": "http://squid:3128"}, HOST, (LOOK, "proxy-split")),
        ({"all_proxy": "http://squid:3128"}, HOST, (LOOK, "proxy-split")),
        ({"http_proxy": "http://squid:3128"}, HOST, (LOOK, "proxy-split")),
        ({"grpc_proxy": "http://a:1", "https_proxy": "http://b:2"}, HOST, (LOOK, "proxy-split")),
        ({"https_proxy": "squid:3128"}, HOST, (LOOK, "proxy-kind")),
        ({"https_proxy": "socks5://squid:3128"}, HOST, (LOOK, "proxy-kind")),
        ({"https_proxy": "http://squid:99999"}, HOST, (LOOK, "proxy-kind")),
        ({"https_proxy": "http://squid:3128"}, "127.0.0.1", (GOOD, "proxy-unused")),
        ({"https_proxy": "http://squid:3128"}, "localhost", (GOOD, "proxy-unused")),
        ({"https_proxy": "http://squid:3128", "no_proxy": "a, .example"}, HOST,
         (GOOD, "proxy-unused")),
        ({"https_proxy": "http://squid:3128", "NO_PROXY": HOST}, HOST, (LOOK, "proxy-split")),
        ({"https_proxy": "http://squid:3128", "no_proxy": "ample"}, HOST, (GOOD, "proxy-used")),
    ],
)  # fmt: skip
def test_a_proxy_that_only_one_connection_follows_is_seen(environment, host, expected):
    routes = {name: route_of(name, host, environment) for name in ("control", "fleet")}
    assert said(judge_proxy(routes, *proxy_set(environment))) == expected


def test_the_password_of_a_proxy_is_in_no_finding_and_no_repr():
    environment = {"https_proxy": "http://museum:geheim-7f3a@squid:3128"}
    routes = {name: route_of(name, HOST, environment) for name in ("control", "fleet")}
    found = judge_proxy(routes, *proxy_set(environment))
    assert found.values["proxy"] == "squid:3128"
    assert routes["fleet"].credentials == "museum:geheim-7f3a"
    assert "geheim" not in f"{found!r}{routes!r}"
    wrong = {"https_proxy": "geheim-7f3a@squid"}
    assert "geheim" not in repr(judge_proxy(dict.fromkeys(routes), *proxy_set(wrong)))


@pytest.mark.parametrize(
    ("skew", "last_sent", "expected"),
    [
        (0.0, 0, (GOOD, "clock-right")),
        (-59.0, 0, (GOOD, "clock-right")),
        (61.0, 0, (LOOK, "clock-off")),
        (-299.0, 0, (LOOK, "clock-off")),
        (-301.0, 0, (BROKEN, "clock-off")),
        (None, 0, (GOOD, "clock-alone")),
        (None, 1059, (GOOD, "clock-alone")),
        (None, 1061, (LOOK, "clock-back")),
        (5.0, 1061, (LOOK, "clock-back")),
    ],
)
def test_a_clock_is_judged_by_the_minute_and_by_five(skew, last_sent, expected):
    assert said(judge_clock(skew, 1000, last_sent)) == expected


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (judge_disk(LEAST_FREE_BYTES), (GOOD, "disk-free")),
        (judge_disk(LEAST_FREE_BYTES - 1), (LOOK, "disk-low")),
        (judge_memory(None), (GOOD, "unchecked")),
        (judge_memory(MemorySeen(limit=2**33, available=STORE_BYTES + NODE_BYTES)),
         (GOOD, "memory-free")),
        (judge_memory(MemorySeen(limit=2**33, available=STORE_BYTES)), (LOOK, "memory-low")),
        (judge_keys([], []), (GOOD, "keys-private")),
        (judge_keys([], ["identity.key"]), (LOOK, "keys-open")),
        (judge_keys(["identity.key"], ["vault.key"]), (BROKEN, "keys-missing")),
        (judge_encryption(True, False), (LOOK, "data-in-clear")),
        (judge_encryption(False, True), (GOOD, "encrypted-key-apart")),
        (judge_encryption(False, False), (GOOD, "encrypted-key-here")),
        (judge_freshness(TODAY - timedelta(days=45), TODAY), (GOOD, "data-fresh")),
        (judge_freshness(TODAY - timedelta(days=46), TODAY), (LOOK, "data-old")),
        (judge_quarantine(0, 0), (GOOD, "quarantine-none")),
        (judge_quarantine(1000, 1), (GOOD, "quarantine-waits")),
        (judge_quarantine(100, 5), (LOOK, "quarantine-waits")),
        (judge_sources({"till": 0}), (GOOD, "sources-pulled")),
        (judge_sources({"till": 0, "shop": 3}), (LOOK, "sources-fail")),
        (judge_policy(False), (GOOD, "policy-open")),
        (judge_policy(True), (LOOK, "policy-paused")),
        (judge_version("1", "aa", ""), (GOOD, "version-same")),
        (judge_version("1", "aa", "aa"), (GOOD, "version-same")),
        (judge_version("1", "aa", "bb"), (LOOK, "version-differs")),
        (judge_certificate(TODAY - timedelta(days=1), TODAY), (BROKEN, "certificate-ended")),
        (judge_certificate(TODAY, TODAY), (LOOK, "certificate-ends")),
        (judge_certificate(TODAY + timedelta(days=RENEWAL_DAYS), TODAY),
         (GOOD, "certificate-good")),
    ],
)  # fmt: skip
def test_every_limit_is_where_the_doctor_says(found, expected):
    assert said(found) == expected


@pytest.mark.parametrize(
    ("address", "meant", "code"),
    [
        ("127.0.0.1", 0, "listening-here"),
        ("::1", 0, "listening-here"),
        ("::ffff:127.0.0.1", 0, "listening-here"),
        ("0.0.0.0", 0, "listening-open"),
        ("::", 0, "listening-open"),
        ("192.0.2.7", 8766, "listening-open"),
        ("192.0.2.7", 8765, "listening-here"),
    ],
)
def test_a_port_that_others_can_reach_is_found_unless_it_is_meant(address, meant, code):
    assert said(judge_listening([Listener(address=address, port=8765)], meant))[1] == code


def test_ports_that_cannot_be_seen_are_not_called_closed():
    assert said(judge_listening(None)) == (GOOD, "unchecked")


@pytest.mark.parametrize(
    ("found", "status"),
    [
        ([judge_policy(False)], 0),
        ([judge_policy(False), judge_policy(True)], 1),
        ([judge_policy(True), judge_keys(["identity.key"], [])], 2),
    ],
)
def test_the_exit_status_is_that_of_the_worst(found, status):
    assert Findings(all=tuple(found)).exit_status == status
