"""Promise: each probe sees the trouble that is there, on real sockets and real files."""

import base64
import fcntl
import os
import socket
import sys
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from tests.support.certificates import ThrowAwayAuthority
from tests.support.troubled_doors import (
    closed_port,
    cutting,
    door,
    full_door,
    inspecting,
    mute,
    name_server,
    proxy,
    tls,
)

from foyer_node.adapters.machine_probe import (
    free_bytes,
    is_being_written,
    listeners,
    read_memory,
    readable_by_others,
)
from foyer_node.adapters.name_probe import in_parallel, look_up, name_servers
from foyer_node.adapters.port_probe import Door, dial, last_day
from foyer_node.doctoring.sightings import End, Listener, MemorySeen, Proxy

HERE = ((int(socket.AF_INET), "127.0.0.1"),)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return ThrowAwayAuthority(tmp_path_factory.mktemp("ours"), "Nordic network")


@pytest.fixture(scope="module")
def keys(authority, tmp_path_factory):
    """The folder of keys of an enrolled node, as far as a dial needs it."""
    folder, ours = tmp_path_factory.mktemp("keys"), authority.issue("node")
    (folder / "authority.pem").write_bytes(ours.ca.read_bytes())
    (folder / "client.pem").write_bytes(ours.certificate.read_bytes())
    (folder / "transport.key").write_bytes(ours.key.read_bytes())
    return folder


def dialled(keys, port, *, seconds=4.0, **more):
    return dial(Door(host="localhost", port=port, addresses=HERE, folder=keys, **more), seconds)


def test_a_coordinator_that_answers_is_asked_for_the_time_and_told_nothing(authority, keys):
    heard = []
    with door(tls(authority.issue("server", server=True), timedelta(minutes=10), heard)) as port:
        seen = dialled(keys, port, ask_time=True)
    assert seen.end is End.ANSWERED
    assert abs(seen.skew_seconds - 600) < 30
    assert heard == [b"HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"]


def test_a_server_that_tells_no_time_is_as_good(authority, keys):
    with door(tls(authority.issue("quiet", server=True))) as port:
        seen = dialled(keys, port)
    assert (seen.end, seen.skew_seconds) == (End.ANSWERED, None)


def test_who_inspects_the_traffic_is_named(keys, tmp_path):
    firewall = ThrowAwayAuthority(tmp_path / "theirs", "Grosse Pointe \x1b[31mFirewall")
    with door(inspecting(firewall.issue("localhost", server=True))) as port:
        seen = dialled(keys, port)
    assert seen.end is End.STRANGER
    assert seen.issuer == "Grosse Pointe  [31mFirewall", "and cannot steer a terminal"
    assert not seen.is_ours


def test_our_own_authority_is_known_even_under_another_name(authority, keys):
    with door(inspecting(authority.issue("elsewhere"))) as port:
        seen = dialled(keys, port)
    assert (seen.end, seen.is_ours, seen.is_untimely) == (End.STRANGER, True, False)


def test_ports_that_refuse_drop_cut_or_stay_mute_are_told_apart(keys):
    assert dialled(keys, closed_port()).end is End.REFUSED
    with door(cutting) as port:
        assert dialled(keys, port).end is End.CUT
    with door(mute) as port:
        assert dialled(keys, port, seconds=0.5).end is End.CUT


@pytest.mark.skipif(sys.platform != "linux", reason="other systems answer when a queue is full")
def test_a_port_behind_a_firewall_that_drops_is_silent(keys):
    with full_door() as port:
        assert dialled(keys, port, seconds=0.5).end is End.SILENT


def test_a_dial_goes_through_the_proxy_with_its_password(authority, keys):
    heard = []
    with ExitStack() as open_doors:
        port = open_doors.enter_context(door(tls(authority.issue("far", server=True))))
        way = open_doors.enter_context(door(proxy(heard)))
        through = Proxy(variable="https_proxy", host="127.0.0.1", port=way, credentials="a:b")
        seen = dialled(keys, port, proxy=through)
    assert seen.end is End.ANSWERED
    assert heard[0].startswith(f"CONNECT localhost:{port} HTTP/1.1".encode())
    assert base64.b64encode(b"a:b") in heard[0]


def test_a_proxy_that_says_no_is_quoted(keys):
    with door(proxy([], "407 Proxy Authentication Required")) as way:
        through = Proxy(variable="https_proxy", host="127.0.0.1", port=way)
        seen = dialled(keys, 1, proxy=through)
    assert (seen.end, seen.reason) == (End.PROXY, "407 Proxy Authentication Required")


def test_without_an_address_or_a_certificate_nothing_is_dialled(keys, tmp_path):
    nowhere = Door(host="coordinator.example", port=1, addresses=(), folder=keys)
    assert dial(nowhere).end is End.NO_NAME
    assert dialled(tmp_path, 1).end is End.OTHER
    (tmp_path / "client.pem").write_text("not a certificate")
    with pytest.raises(ValueError, match="PEM"):
        last_day(tmp_path / "client.pem")
    assert last_day(keys / "client.pem").year >= 2026


def test_the_name_server_that_does_not_answer_is_found_out():
    with name_server(answers=True) as knows_nothing, name_server(answers=False) as dead:
        asked = [knows_nothing, dead]
        seen = look_up("coordinator.invalid", seconds=0.5, servers=asked)
    assert seen.addresses == ()
    assert (len(seen.denied), len(seen.silent)) == (1, 1)


def test_a_name_that_is_known_asks_no_server():
    seen = look_up("localhost", servers=[("192.0.2.53", 53)])
    assert (int(socket.AF_INET), "127.0.0.1") in seen.addresses
    assert not seen.denied
    assert not seen.silent


@pytest.mark.parametrize("host", ["", "a..b", "x" * 300, "ü" * 80, "a b"])
def test_a_name_that_cannot_be_one_is_no_error(host):
    assert look_up(host, seconds=1, servers=[]).denied == ()


def test_the_name_servers_are_those_of_the_machine(tmp_path):
    conf = tmp_path / "resolv.conf"
    conf.write_text("# by hand\nsearch example\nnameserver 192.0.2.53\nnameserver 2001:db8::1\n")
    assert name_servers(conf) == [("192.0.2.53", 53), ("2001:db8::1", 53)]
    assert name_servers(tmp_path / "none") == []


def test_what_takes_too_long_is_left_behind():
    with door(mute) as port, socket.create_connection(("127.0.0.1", port)) as line:
        assert in_parallel([lambda: 7, lambda: len(line.recv(1))], 0.3) == [7, None]


MEMINFO = "MemTotal:  8388608 kB\nMemFree: 1 kB\nMemAvailable:  4194304 kB\nBad line\n"
GIB = 2**30


def machine_with(folder, memberships, files):
    (folder / "proc" / "self").mkdir(parents=True)
    (folder / "proc" / "meminfo").write_text(MEMINFO.replace("Bad line\n", ""))
    (folder / "proc" / "self" / "cgroup").write_text(memberships)
    for name, text in files.items():
        path = folder / "groups" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return read_memory(folder / "proc", folder / "groups")


@pytest.mark.parametrize(
    ("memberships", "files", "expected"),
    [
        ("0::/\n", {}, (8 * GIB, 4 * GIB)),
        ("0::/\n", {"memory.max": "max"}, (8 * GIB, 4 * GIB)),
        (
            "0::/node.slice/node\n",
            {
                "node.slice/memory.max": f"{2 * GIB}\n",
                "node.slice/memory.current": f"{GIB}\n",
                "node.slice/memory.stat": f"anon 1\ninactive_file {GIB // 2}\n",
            },
            (2 * GIB, 3 * GIB // 2),
        ),
        (
            "4:memory:/pod\n1:cpu:/\n",
            {
                "memory/pod/memory.limit_in_bytes": f"{GIB}",
                "memory/pod/memory.usage_in_bytes": f"{GIB}",
                "memory/pod/memory.stat": "total_inactive_file 4096\n",
            },
            (GIB, 4096),
        ),
        ("0::/../../outside\nnonsense\n", {"memory.max": f"{2**62}"}, (8 * GIB, 4 * GIB)),
    ],
)
def test_memory_is_what_the_narrowest_group_allows(tmp_path, memberships, files, expected):
    limit, available = expected
    seen = machine_with(tmp_path, memberships, files)
    assert seen == MemorySeen(limit=limit, available=available)


def test_a_machine_without_such_files_is_not_guessed_about(tmp_path):
    assert read_memory(tmp_path, tmp_path) is None
    assert listeners(tmp_path) is None


HEAD = "  sl  local_address rem_address st tx rx tr tm->when retrnsmt uid timeout inode\n"


def row(place, state, inode):
    return f"   0: {place} 00000000:0000 {state} 0:0 0:0 0 0 0 {inode} 1\n"


def process(proc, number, command, sockets):
    (proc / number / "fd").mkdir(parents=True)
    (proc / number / "cmdline").write_bytes(command)
    for at, inode in enumerate(sockets):
        (proc / number / "fd" / str(at)).symlink_to(f"socket:[{inode}]")


def test_ports_of_this_node_are_seen_and_those_of_others_are_not(tmp_path):
    (tmp_path / "net").mkdir()
    (tmp_path / "net" / "tcp").write_text(
        HEAD
        + row("0100007F:223D", "0A", 11)  # ours, loopback
        + row("00000000:0050", "0A", 12)  # another program's
        + row("0701A8C0:223E", "0A", 13)  # of the running node
        + row("0701A8C0:223F", "01", 14)  # a connection, not a listener
    )
    (tmp_path / "net" / "tcp6").write_text(HEAD + row("0" * 32 + ":2240", "0A", 15))
    process(tmp_path, str(os.getpid()), b"pytest\0", [11, 14])
    process(tmp_path, "999998", b"/usr/bin/nginx\0", [12])
    process(tmp_path, "999997", b"python\0/opt/bin/foyer-node\0run\0", [13])
    process(tmp_path, "999996", b"python\0-m\0foyer_node\0run\0", [15])
    assert set(listeners(tmp_path)) == {
        Listener(address="127.0.0.1", port=8765),
        Listener(address="192.168.1.7", port=8766),
        Listener(address="::", port=8768),
    }


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="needs Linux's /proc")
def test_our_own_listener_is_seen_on_this_machine():
    with socket.create_server(("127.0.0.1", 0)) as open_port:
        port = open_port.getsockname()[1]
        assert Listener(address="127.0.0.1", port=port) in listeners()
    assert Listener(address="127.0.0.1", port=port) not in listeners()


def test_rights_and_locks_are_seen(tmp_path):
    private, open_file = tmp_path / "a.key", tmp_path / "b.key"
    for path, mode in ((private, 0o600), (open_file, 0o640)):
        path.write_text("x")
        path.chmod(mode)
    assert readable_by_others([private, open_file, tmp_path / "none"]) == ["b.key"]
    assert free_bytes(tmp_path / "not" / "there") > 0
    database, lock = tmp_path / "store.duckdb", tmp_path / ".store.duckdb.lock"
    assert not is_being_written(database)
    with lock.open("w") as held:
        assert not is_being_written(database)
        fcntl.flock(held, fcntl.LOCK_SH)
        assert not is_being_written(database)
        fcntl.flock(held, fcntl.LOCK_EX)
        assert is_being_written(database)
