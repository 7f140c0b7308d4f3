"""A node joins with an invitation, over a connection that only the inviting server can answer."""

import logging
import socket
import ssl
import threading

import pytest
from cryptography import x509
from tests.contract.control_plane import WAIT_SECONDS, Plane, enrolment_keys

from foyer_coordinator.adapters.certificates import institution_of
from foyer_node.adapters.control_client import ControlTls
from foyer_node.adapters.enrolment_client import CODE_WITHHELD, GrpcEnrolment
from foyer_node.enrolment import PublicFacts, enrol, make_certificate_key, read_invitation
from foyer_protocol.control_pb2 import EnrolRequest
from foyer_protocol.errors import ConfigError, EnrolmentRefused, RemoteProtocolError

FACTS = PublicFacts(name="Museum of Applied Arts", country="AT", kind="museum", size_band="large")


@pytest.fixture
def plane():
    plane = Plane().start()
    yield plane
    plane.stop()


def join(invitation, keys=None, transport=None):
    return enrol(
        invitation,
        keys or enrolment_keys(),
        FACTS,
        transport or GrpcEnrolment(timeout_seconds=WAIT_SECONDS),
    )


def with_code(invitation, code):
    parts = invitation.split(":")
    return ":".join([*parts[:3], code, *parts[4:]])


def test_an_invited_institution_is_enrolled_under_the_invited_name(plane):
    answer = join(plane.invite("mak"))
    assert (answer.institution, answer.network) == ("mak", "kulturnet")
    assert institution_of(answer.certificate_pem.encode(), "kulturnet") == "mak"
    assert answer.governance_keys == ("a" * 64, "b" * 64)
    assert plane.book.admitted[0].facts.name == FACTS.name


def test_what_enrolment_gave_opens_the_control_port(plane):
    key = make_certificate_key()
    answer = join(plane.invite("mak"), enrolment_keys(key))
    tls = ControlTls(
        authority_pem=answer.authority_pem.encode(),
        certificate_pem=answer.certificate_pem.encode(),
        key_pem=key,
    )
    with plane.node(tls=tls):
        assert plane.heard.next()[:2] == ("hello", "mak")


def test_a_wrong_code_is_refused_and_nobody_is_admitted(plane):
    invitation = with_code(plane.invite(), "0000-0000-0000-0000-0000")
    with pytest.raises(EnrolmentRefused, match="opens no invitation") as refused:
        join(invitation)
    assert "operator" in refused.value.hint
    assert plane.book.admitted == []


def test_a_used_code_is_refused_to_other_keys(plane):
    invitation = plane.invite()
    join(invitation)
    with pytest.raises(EnrolmentRefused, match="has been used"):
        join(invitation)


def test_a_lost_reply_can_be_had_again_with_the_same_keys(plane):
    invitation, key = plane.invite(), make_certificate_key()
    assert join(invitation, enrolment_keys(key)) == join(invitation, enrolment_keys(key))
    assert len(plane.book.admitted) == 1


def test_an_expired_code_is_refused(plane):
    invitation = plane.invite()
    plane.wait_until_expired()
    with pytest.raises(EnrolmentRefused, match="was good until"):
        join(invitation)


def test_another_server_at_the_address_never_sees_the_code(plane):
    impostor = Plane().start()
    try:
        told = read_invitation(plane.invite())
        invitation = with_code(impostor.invite(), told.code)[:-32] + told.fingerprint
        with pytest.raises(EnrolmentRefused, match="the code was not sent") as refused:
            join(invitation)
        assert told.fingerprint in refused.value.message
        assert impostor.recorded == []
    finally:
        impostor.stop()


def test_a_server_swapped_after_the_look_never_sees_the_code(plane):
    """The certificate is compared first and the code is sent later, over another connection."""
    impostor = Plane().start()

    class Swapped(GrpcEnrolment):
        def certificate(self, host, port):
            return ssl.PEM_cert_to_DER_cert(plane.identity.certificate_pem.decode())

    try:
        invitation = impostor.invite()[:-32] + read_invitation(plane.invite()).fingerprint
        with pytest.raises(EnrolmentRefused, match="UNAVAILABLE"):
            join(invitation, transport=Swapped(timeout_seconds=WAIT_SECONDS))
        assert impostor.recorded == []
    finally:
        impostor.stop()


def test_a_coordinator_reached_under_an_unlisted_name_still_enrols():
    plane = Plane(hosts=("coordinator.example",)).start()
    try:
        assert join(plane.invite()).institution == "mak"
    finally:
        plane.stop()


def test_the_pinned_certificate_is_a_leaf_and_not_an_authority(plane):
    """gRPC takes it as its only root: a partial chain. The enrolments above rest on it."""
    leaf = x509.load_pem_x509_certificate(plane.identity.certificate_pem)
    assert leaf.issuer != leaf.subject
    assert not leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_nobody_at_the_address_is_refused_in_words():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        with pytest.raises(EnrolmentRefused, match="no server with a certificate"):
            join(f"foyer1:127.0.0.1:{port}:AAAA:{'0' * 32}")


@pytest.mark.parametrize(
    "text",
    ["", "AAAA-BBBB", "foyer2:h:1:A:" + "0" * 32, "foyer1:h:0:A:" + "0" * 32, "foyer1:h:1:A:00"],
)
def test_what_is_no_invitation_is_refused_without_being_repeated(text):
    with pytest.raises(ConfigError, match="five parts") as refused:
        join(text)
    assert "AAAA" not in str(refused.value)


def test_an_invitation_broken_by_an_email_is_read(plane):
    invitation = plane.invite()
    assert read_invitation(f" {invitation[:30]}\r\n  {invitation[30:]}\n") == read_invitation(
        invitation
    )


def test_a_bug_at_the_desk_keeps_its_words_to_itself():
    def vouch(request):
        raise ZeroDivisionError("words of a bug")

    plane = Plane(vouch=vouch).start()
    try:
        with pytest.raises(EnrolmentRefused, match="INTERNAL") as refused:
            join(plane.invite())
        assert "words of a bug" not in refused.value.message + refused.value.hint
    finally:
        plane.stop()


def test_an_unfit_key_is_refused_as_such_and_the_code_stays_good(plane):
    invitation = plane.invite()
    unfit = enrolment_keys()
    object.__setattr__(unfit, "certificate_request_pem", "none")
    with pytest.raises(RemoteProtocolError, match="PKCS#10"):
        join(invitation, unfit)
    assert join(invitation).institution == "mak"


class Answering:
    """A transport whose answer was changed on the way."""

    def __init__(self, **changed):
        self.real = GrpcEnrolment(timeout_seconds=WAIT_SECONDS)
        self.changed = changed

    def certificate(self, host, port):
        return self.real.certificate(host, port)

    def redeem(self, *asked):
        answer = self.real.redeem(*asked)
        for name, value in self.changed.items():
            object.__setattr__(answer, name, value)
        return answer


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"institution": "smk"}, "does not name foyer:kulturnet:smk"),
        ({"institution": "Not A Slug"}, "names no institution"),
        ({"coordinator_key": "XYZ"}, "64 hexadecimal digits"),
        ({"governance_keys": ()}, "no governance key"),
        ({"fleet_address": "http://x"}, "not host:port"),
        ({"authority_pem": "PEM"}, "did not sign"),
        ({"authority_pem": Plane().authority.certificate_pem}, "did not sign"),
    ],
)
def test_an_answer_that_does_not_hold_together_is_not_kept(plane, changed, fault):
    with pytest.raises(RemoteProtocolError, match=fault):
        join(plane.invite(), transport=Answering(**changed))


def test_a_certificate_whose_authority_did_not_sign_the_server_is_not_kept(plane):
    other, keys = Plane(), enrolment_keys()
    certificate = other.authority.issue(keys.certificate_request_pem, "mak", other.now)
    swapped = Answering(certificate_pem=certificate, authority_pem=other.authority.certificate_pem)
    with pytest.raises(RemoteProtocolError, match="did not sign both"):
        join(plane.invite(), keys, transport=swapped)


def test_a_certificate_for_a_key_that_is_not_ours_is_not_kept(plane):
    other = plane.tls_of("mak").certificate_pem.decode()
    with pytest.raises(RemoteProtocolError, match="a key that is not ours"):
        join(plane.invite(), transport=Answering(certificate_pem=other))


def test_every_byte_of_an_enrolment_is_recorded(plane):
    invitation = plane.invite()
    join(invitation)
    ((method, message),) = plane.recorded
    assert method == "/foyer.control.v1.Enrolment/Enrol"
    assert EnrolRequest.FromString(message).code == read_invitation(invitation).code


def test_what_the_node_keeps_of_an_enrolment_is_what_it_sent_without_the_code(plane):
    shown = []
    join(
        plane.invite(), transport=GrpcEnrolment(timeout_seconds=WAIT_SECONDS, on_sent=shown.append)
    )
    ((_, received),) = plane.recorded
    sent = EnrolRequest.FromString(received)
    sent.code = CODE_WITHHELD
    assert shown == [sent.SerializeToString()]


def test_no_private_key_and_no_code_is_logged(plane, caplog):
    caplog.set_level(logging.DEBUG)
    invitation = plane.invite()
    join(invitation)
    with pytest.raises(EnrolmentRefused):
        join(invitation)
    assert read_invitation(invitation).code not in caplog.text
    assert "PRIVATE KEY" not in caplog.text


def test_ten_that_come_at_once_with_one_code_are_one(plane):
    invitation, results = plane.invite(), []

    def try_once():
        try:
            results.append(join(invitation).institution)
        except EnrolmentRefused as error:
            results.append(error.code)

    threads = [threading.Thread(target=try_once) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT_SECONDS)
    assert sorted(results) == ["enrolment-refused"] * 9 + ["mak"]
