"""The control stream: who speaks is who the certificate says, and a cut stream comes back."""

import logging
import queue
import time
from dataclasses import replace
from datetime import date

import grpc
import pytest
from tests.contract.control_plane import WAIT_SECONDS, Plane, eventually

from foyer_coordinator.adapters.control_lines import OUTBOX_FRAMES, Line
from foyer_coordinator.adapters.control_server import Addresses, ControlServer, ServerTls
from foyer_node.adapters.control_client import ControlTls
from foyer_protocol import control_pb2 as wire
from foyer_protocol.control_pb2_grpc import ControlStub, EnrolmentStub
from foyer_protocol.errors import (
    CatalogueMismatch,
    ConfigError,
    NotApproved,
    StorageError,
    VersionMismatch,
)
from foyer_protocol.version import PROTOCOL_VERSION

HELLO = wire.NodeFrame(hello=wire.Hello(software_version="0.1.0", protocol_version=1))


@pytest.fixture
def plane():
    plane = Plane().start()
    yield plane
    plane.stop()


def open_stream(plane, tls, *frames, services=ControlStub):
    """Open a stream by hand, say `frames` and return the status that it ends with."""
    credentials = grpc.ssl_channel_credentials(
        plane.authority.certificate_pem.encode(), tls and tls.key_pem, tls and tls.certificate_pem
    )
    with grpc.secure_channel(f"127.0.0.1:{plane.ports[1]}", credentials) as channel:
        call = services(channel).Stream(iter(frames), timeout=WAIT_SECONDS)
        try:
            for _ in call:
                pass
        except grpc.RpcError as error:
            return error.code(), error.details()
        return call.code(), call.details()


def test_a_node_says_hello_under_the_name_of_its_certificate(plane):
    with plane.node("mak") as (client, _):
        assert plane.heard.next() == ("hello", "mak", "0.1.0", PROTOCOL_VERSION, "f" * 64)
        eventually(client.is_connected)
        assert plane.server.connected() == {"mak"}
    eventually(lambda: plane.server.connected() == frozenset())


def test_a_nudge_arrives_within_a_second(plane):
    with plane.node("mak") as (client, heard):
        eventually(client.is_connected)
        took = []
        for _ in range(5):  # a machine that does other things too may be late with one of them
            began = time.monotonic()
            assert plane.server.nudge(["mak", "smk"]) == {"mak"}
            assert heard.next() == ("nudge",)
            took.append(time.monotonic() - began)
        assert min(took) < 1.0


def test_a_push_reaches_one_and_a_broadcast_reaches_all_in_order(plane):
    with plane.node("mak") as (_, mak), plane.node("smk") as (_, smk):
        eventually(lambda: plane.server.connected() == {"mak", "smk"})
        assert plane.server.push("mak", wire.CoordinatorFrame(release=b"\x00\xff"))
        assert plane.server.broadcast(wire.CoordinatorFrame(roster=b"epoch 2")) == {"mak", "smk"}
        notice = wire.Notice(code="maintenance", text="Back at noon.")
        assert plane.server.push("smk", wire.CoordinatorFrame(notice=notice))
        assert plane.server.push("smk", wire.CoordinatorFrame(proposal=b"plan"))
        assert [mak.next(), mak.next()] == [("release", b"\x00\xff"), ("roster", b"epoch 2")]
        assert [smk.next(), smk.next(), smk.next()] == [
            ("roster", b"epoch 2"),
            ("notice", "maintenance", "Back at noon."),
            ("proposal", b"plan"),
        ]


def test_a_head_reaches_the_node_and_its_witness_the_coordinator(plane):
    with plane.node("mak") as (client, mak):
        assert plane.heard.next()[0] == "hello"
        assert plane.server.push("mak", wire.CoordinatorFrame(head=b"head \xff"))
        assert mak.next() == ("head", b"head \xff")
        client.witness(b"seen \xff")
        assert plane.heard.next() == ("witness", "mak", b"seen \xff")


def test_nothing_can_be_pushed_to_an_institution_that_is_not_connected(plane):
    assert not plane.server.push("mak", wire.CoordinatorFrame(roster=b"x"))
    assert plane.server.broadcast(wire.CoordinatorFrame(roster=b"x")) == frozenset()


def test_status_and_refusals_reach_the_coordinator(plane):
    with plane.node("mak") as (client, _):
        client.status("ready", date(2026, 9, 30))
        client.refuse("2026-q3", "not-approved")
        assert plane.heard.next()[0] == "hello"
        assert plane.heard.next() == ("status", "mak", "ready", date(2026, 9, 30))
        assert plane.heard.next() == ("refusal", "mak", "2026-q3", "not-approved")
        client.status("no-data", None)
        assert plane.heard.next() == ("status", "mak", "no-data", None)


def test_a_certificate_goes_down_and_its_receipt_comes_back(plane):
    shown = []
    with plane.node("mak", on_sent=lambda kind, raw: shown.append(kind)) as (client, heard):
        assert plane.heard.next()[0] == "hello"
        eventually(client.is_connected)
        assert plane.server.push("mak", wire.CoordinatorFrame(aborted=b"certificate"))
        assert heard.next() == ("aborted", b"certificate")
        client.refunded("0f" * 16)
        assert plane.heard.next() == ("refunded", "mak", "0f" * 16)
    assert shown == ["hello", "refunded"]


def test_a_helper_key_to_come_is_said_once_a_stream_and_after_each_hello(plane):
    with plane.node("mak") as (client, _):
        assert plane.heard.next()[0] == "hello"
        eventually(client.is_connected)
        for _ in range(3):
            client.helper_key((b"public \xff", b"signature"))
        client.status("no-data", None)
        assert plane.heard.next() == ("helper-key", "mak", b"public \xff", b"signature")
        assert plane.heard.next()[0] == "status"
        plane.server.hang_up("mak", NotApproved("for a moment"))
        assert plane.heard.next()[0] == "hello"
        assert {plane.heard.next()[0], plane.heard.next()[0]} == {"status", "helper-key"}
        client.helper_key(None)
        client.status("ready", None)
        assert plane.heard.next() == ("status", "mak", "ready", None)


def test_a_restarted_coordinator_gets_its_node_and_its_status_back():
    plane = Plane().start()
    try:
        with plane.node("mak") as (client, heard):
            client.status("paused", date(2026, 9, 30))
            eventually(client.is_connected)
            plane.stop()
            eventually(lambda: not client.is_connected())
            client.refuse("2026-q3", "not-approved")
            while not plane.heard.calls.empty():
                plane.heard.next()
            plane.start()
            assert plane.heard.next()[:2] == ("hello", "mak")
            assert plane.heard.next() == ("status", "mak", "paused", date(2026, 9, 30))
            assert plane.heard.next() == ("refusal", "mak", "2026-q3", "not-approved")
            assert plane.server.nudge(["mak"])
            assert heard.next() == ("nudge",)
    finally:
        plane.stop()


def test_without_a_certificate_the_control_port_is_closed(plane):
    status, _ = open_stream(plane, None, HELLO)
    assert status is grpc.StatusCode.UNAVAILABLE
    assert plane.recorded == []


def test_a_certificate_of_another_network_is_refused(plane):
    stranger = Plane("othernet").tls_of("mak")
    status, _ = open_stream(plane, stranger, HELLO)
    assert status is grpc.StatusCode.UNAVAILABLE
    assert plane.recorded == []


def test_another_networks_name_is_refused_even_from_our_own_authority(plane):
    astray = replace(plane.authority, network="othernet")
    ours = plane.authority
    plane.authority = astray
    tls = plane.tls_of("mak")
    plane.authority = ours
    status, details = open_stream(plane, tls, HELLO)
    assert status is grpc.StatusCode.UNAUTHENTICATED
    assert details.splitlines()[0] == "enrolment-refused"
    assert plane.recorded == []


def test_the_servers_own_certificate_is_not_an_institution(plane):
    tls = ControlTls(
        authority_pem=b"",
        certificate_pem=plane.identity.certificate_pem,
        key_pem=plane.identity.key_pem,
    )
    status, _ = open_stream(plane, tls, HELLO)
    assert status in {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.UNAUTHENTICATED}
    assert plane.recorded == []


def test_no_message_can_say_who_is_speaking():
    fields = {
        field.name
        for name in ("NodeFrame", "Hello", "Status", "Refusal")
        for field in wire.DESCRIPTOR.message_types_by_name[name].fields
    }
    assert not fields & {"institution", "node", "name", "sender", "from", "id"}


def test_a_name_in_the_metadata_or_the_request_subject_changes_nothing(plane):
    """`tls_of` asks for a certificate whose subject says `applicant`."""
    tls = plane.tls_of("mak")
    credentials = grpc.ssl_channel_credentials(tls.authority_pem, tls.key_pem, tls.certificate_pem)
    with grpc.secure_channel(f"127.0.0.1:{plane.ports[1]}", credentials) as channel:
        call = ControlStub(channel).Stream(
            iter([HELLO]),
            timeout=WAIT_SECONDS,
            metadata=[("institution", "smk"), ("x509_common_name", "smk")],
        )
        assert plane.heard.next()[:2] == ("hello", "mak")
        assert list(call) == []


def test_enrolment_is_not_served_on_the_control_port_nor_control_on_the_other(plane):
    tls = plane.tls_of("mak")
    credentials = grpc.ssl_channel_credentials(tls.authority_pem, tls.key_pem, tls.certificate_pem)
    with grpc.secure_channel(f"127.0.0.1:{plane.ports[1]}", credentials) as channel:
        with pytest.raises(grpc.RpcError) as refused:
            EnrolmentStub(channel).Enrol(wire.EnrolRequest(), timeout=WAIT_SECONDS)
        assert refused.value.code() is grpc.StatusCode.UNIMPLEMENTED
    plane.ports = (plane.ports[1], plane.ports[0])
    assert open_stream(plane, tls, HELLO)[0] is grpc.StatusCode.UNIMPLEMENTED
    plane.ports = (plane.ports[1], plane.ports[0])


@pytest.mark.parametrize(
    "frames",
    [
        (),
        (wire.NodeFrame(),),
        (wire.NodeFrame(status=wire.Status(state=wire.STATE_READY)),),
        (HELLO, wire.NodeFrame()),
        (HELLO, wire.NodeFrame(status=wire.Status())),
        (HELLO, wire.NodeFrame(status=wire.Status(state=99))),
        (HELLO, wire.NodeFrame(status=wire.Status(state=wire.STATE_READY, data_until="May"))),
    ],
)
def test_a_frame_that_the_protocol_does_not_know_ends_the_stream(plane, frames):
    status, details = open_stream(plane, plane.tls_of("mak"), *frames)
    assert status is grpc.StatusCode.INVALID_ARGUMENT
    assert details.splitlines()[0] == "protocol-violation"
    eventually(lambda: plane.server.connected() == frozenset())


@pytest.mark.parametrize(
    ("refusal", "logged"),
    [
        (VersionMismatch("the node speaks 2 and the network 1"), "PRECONDITION version-mismatch"),
        (CatalogueMismatch("the node speaks another"), "PRECONDITION catalogue-mismatch"),
        (NotApproved("the node speaks out of turn"), "PERMISSION_DENIED not-approved"),
        (StorageError("the node speaks to a full disk"), "INTERNAL storage"),
    ],
)
def test_a_hello_that_the_coordinator_refuses_ends_the_stream_with_the_code(
    plane, caplog, refusal, logged
):
    caplog.set_level(logging.INFO, "foyer_node.adapters.control_client")
    plane.heard.refuse_hello = refusal
    with plane.node("mak") as (client, _):
        eventually(lambda: logged in caplog.text)
        assert not client.is_connected()
    assert "the node speaks" not in caplog.text


def test_a_second_stream_of_an_institution_replaces_the_first(plane):
    tls = plane.tls_of("mak")
    credentials = grpc.ssl_channel_credentials(tls.authority_pem, tls.key_pem, tls.certificate_pem)
    with grpc.secure_channel(f"127.0.0.1:{plane.ports[1]}", credentials) as channel:
        said = queue.SimpleQueue()
        said.put(HELLO)
        first = ControlStub(channel).Stream(iter(said.get, None), timeout=WAIT_SECONDS)
        plane.heard.next()
        with plane.node("mak") as (client, heard):
            with pytest.raises(grpc.RpcError) as ended:
                list(first)
            assert "another stream of mak" in ended.value.details()
            eventually(client.is_connected)
            assert plane.server.nudge(["mak"]) == {"mak"}
            assert heard.next() == ("nudge",)
        said.put(None)


def test_a_node_that_does_not_read_cannot_fill_the_coordinators_memory(plane):
    tls, said = plane.tls_of("mak"), queue.SimpleQueue()
    credentials = grpc.ssl_channel_credentials(tls.authority_pem, tls.key_pem, tls.certificate_pem)
    with grpc.secure_channel(f"127.0.0.1:{plane.ports[1]}", credentials) as channel:
        said.put(HELLO)
        call = ControlStub(channel).Stream(iter(said.get, None), timeout=WAIT_SECONDS)
        plane.heard.next()
        frame = wire.CoordinatorFrame(roster=bytes(1024 * 1024))
        taken = sum(plane.server.push("mak", frame) for _ in range(2 * OUTBOX_FRAMES))
        assert taken <= OUTBOX_FRAMES + 8
        call.cancel()
        said.put(None)


def test_a_node_stays_away_from_a_coordinator_of_another_authority(plane):
    tls = replace(plane.tls_of("mak"), authority_pem=Plane().authority.certificate_pem.encode())
    with plane.node(tls=tls) as (client, _):
        time.sleep(0.3)
        assert not client.is_connected()
    assert plane.recorded == []


def test_a_node_that_does_not_read_is_let_go_when_its_outbox_is_full():
    line = Line(limit=3)
    frame = wire.CoordinatorFrame(roster=b"x")
    assert [line.put(frame) for _ in range(5)] == [True, True, True, False, False]
    assert list(line.frames()) == []


def test_nudges_that_nobody_has_read_yet_are_one():
    line = Line(limit=3)
    line.accept()
    assert all(line.nudge() for _ in range(50))
    line.put(wire.CoordinatorFrame(roster=b"x"))
    frames = line.frames()
    assert [next(frames).WhichOneof("body") for _ in range(2)] == ["nudge", "roster"]


def test_every_byte_that_a_node_sends_is_recorded(plane):
    with plane.node("mak") as (client, _):
        client.status("ready", date(2026, 9, 30))
        eventually(lambda: len(plane.recorded) == 2)
    methods, messages = zip(*plane.recorded, strict=True)
    assert set(methods) == {"/foyer.control.v1.Control/Stream"}
    said = [wire.NodeFrame.FromString(message).WhichOneof("body") for message in messages]
    assert said == ["hello", "status"]


def test_the_node_shows_exactly_the_bytes_that_the_coordinator_receives(plane):
    shown = []
    with plane.node("mak", on_sent=lambda kind, raw: shown.append((kind, raw))) as (client, _):
        client.status("ready", date(2026, 9, 30))
        client.refuse("2026-q3", "not-approved")
        eventually(lambda: len(plane.recorded) == 3)
    assert [kind for kind, _ in shown] == ["hello", "status", "refusal"]
    assert [raw for _, raw in shown] == [message for _, message in plane.recorded]


def test_a_frame_that_cannot_be_shown_does_not_leave(plane):
    def full_disk(kind, raw):
        raise StorageError("the disk is full")

    with plane.node("mak", on_sent=full_disk) as (client, _):
        time.sleep(0.3)
        assert not client.is_connected()
    assert plane.recorded == []


def test_two_coordinators_cannot_listen_on_one_port(plane):
    other = ControlServer(desk=plane, events=plane.heard, clock=lambda: plane.now)
    tls = ServerTls(
        network="kulturnet",
        identity=plane.identity,
        authority_pem=plane.authority.certificate_pem.encode(),
    )
    taken = Addresses(enrolment="127.0.0.1:0", control=f"127.0.0.1:{plane.ports[1]}")
    with pytest.raises(ConfigError, match="cannot be listened on"):
        other.start(taken, tls)


def test_a_proxy_in_the_environment_does_not_keep_a_node_from_its_own_machine(plane, monkeypatch):
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:1")
    monkeypatch.delenv("no_proxy", raising=False)
    with plane.node("mak") as (client, _):
        eventually(client.is_connected)


def test_a_client_that_reaches_nobody_stops_when_told(plane):
    plane.stop()
    with plane.node("mak") as (client, _):
        time.sleep(0.3)
        assert not client.is_connected()


def test_no_key_and_no_certificate_is_logged_or_shown(plane, caplog):
    caplog.set_level(logging.DEBUG)
    tls = plane.tls_of("mak")
    with plane.node(tls=tls) as (client, _):
        eventually(client.is_connected)
    assert "BEGIN" not in caplog.text + repr(tls) + repr(plane.identity) + repr(plane.authority)
