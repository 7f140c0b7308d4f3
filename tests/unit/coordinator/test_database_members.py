"""Members, rosters, codes and sign-in are kept; each code and each link opens once."""

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.support.simulated_round import simulated_round

from foyer_coordinator.adapters.database_members import DatabaseInvitations, DatabaseMembers
from foyer_coordinator.adapters.database_sign_in import DatabaseSignIn
from foyer_coordinator.enrolment import EnrolRequest, Invitation, PublicFacts, hash_code
from foyer_coordinator.memberships import check_application
from foyer_coordinator.portal.sign_in import Link, LinkKind, SignIn, hash_token
from foyer_coordinator.ports import Institution
from foyer_protocol.crypto.helper_key import HelperKey
from foyer_protocol.crypto.identity import Identity
from foyer_protocol.crypto.randomness import system_entropy
from foyer_protocol.errors import (
    EnrolmentRefused,
    LocalProtocolError,
    RemoteProtocolError,
)
from foyer_protocol.ids import InstitutionId
from foyer_protocol.messages.roster import SignedRoster, sign_helper_key

NOON = datetime(2026, 11, 24, 12, 0, 0, 123456, tzinfo=UTC)
MAK = Institution(
    slug="mak",
    name="MAK",
    country="AT",
    type="MUSEUM",
    size_band="L",
    signing_key="ab" * 32,
    transport_key="PEM",
    helper_key="cd",
    helper_signature="ef",
    enrolled_at=100,
)
INVITATION = Invitation(
    institution=InstitutionId("mak"),
    code_hash=hash_code("0123-4567-89AB-CDEF-GHJK"),
    expires_at=NOON + timedelta(hours=24),
)
SPENT = replace(INVITATION, keys_digest="1" * 64, certificate_pem="CERTIFICATE")


def application(facts=PublicFacts(name="MAK", country="AT")):
    identity, helper = Identity.generate(), HelperKey.generate()
    key = ec.generate_private_key(ec.SECP384R1()).public_key()
    return EnrolRequest(
        code="0123-4567-89AB-CDEF-GHJK",
        protocol_version=1,
        signing_key=identity.public,
        transport_key_pem=key.public_bytes(
            Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
        ).decode(),
        helper_key=helper.public,
        helper_key_signature=sign_helper_key(helper.public, identity),
        certificate_request_pem="REQUEST",
        facts=facts,
    )


@pytest.fixture
def members(database):
    return DatabaseMembers(database)


@pytest.fixture
def invitations(database):
    return DatabaseInvitations(database, clock=lambda: 777)


def test_an_institution_comes_back_as_it_was_admitted(members):
    members.add_institution(MAK)
    members.add_institution(replace(MAK, slug="aros", data_until=date(2026, 9, 30)))
    assert [one.slug for one in members.institutions()] == ["aros", "mak"]
    assert members.institution("mak") == MAK
    assert members.institution("vam") is None
    with pytest.raises(LocalProtocolError, match="mak"):
        members.add_institution(MAK)


def test_seeing_a_node_keeps_the_day_that_is_known(members):
    members.add_institution(MAK)
    members.note_seen("mak", 200, date(2026, 10, 31))
    members.note_seen("mak", 300)
    seen = members.institution("mak")
    assert (seen.last_seen_at, seen.data_until) == (300, date(2026, 10, 31))
    with pytest.raises(LocalProtocolError, match="vam"):
        members.note_seen("vam", 1)


def test_the_newest_roster_counts_and_an_epoch_has_one(members):
    assert members.roster() is None
    first = simulated_round().signed
    second = replace(first, roster=first.roster.model_copy(update={"epoch": 2}))
    members.add_roster(second)
    members.add_roster(first)
    members.add_roster(first)
    assert members.roster() == second
    with pytest.raises(LocalProtocolError, match="epoch 2"):
        members.add_roster(SignedRoster(roster=second.roster, signatures={}))
    assert members.roster() == second


def test_spending_a_code_admits_the_institution_with_its_keys(invitations, members):
    request = application()
    invitations.invite(INVITATION)
    assert list(invitations.invitations()) == [INVITATION]
    assert invitations.spend(SPENT, request)
    assert list(invitations.invitations()) == [SPENT]
    admitted = members.institution("mak")
    assert (admitted.signing_key, admitted.enrolled_at) == (request.signing_key, 777)
    assert bytes.fromhex(admitted.helper_key) == request.helper_key


def test_a_code_is_spent_once_also_by_several_at_once(invitations, members):
    invitations.invite(INVITATION)
    requests = [application() for _ in range(4)]
    won = []

    def spend(request):
        if invitations.spend(SPENT, request):
            won.append(request.signing_key)

    threads = [threading.Thread(target=spend, args=(request,)) for request in requests]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert won == [members.institution("mak").signing_key]


def test_an_institution_that_enrols_again_stays_suspended(invitations, members):
    members.add_institution(replace(MAK, data_until=date(2026, 9, 30)))
    members.suspend("mak", True)
    invitations.invite(INVITATION)
    request = application(facts=PublicFacts(name="Museum für angewandte Kunst"))
    assert invitations.spend(SPENT, request)
    again = members.institution("mak")
    assert (again.suspended, again.data_until, again.country) == (True, date(2026, 9, 30), "AT")
    assert (again.name, again.signing_key) == ("Museum für angewandte Kunst", request.signing_key)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"signing_key": "zz"}, "signing key"),
        ({"transport_key_pem": "PEM"}, "transport key"),
        ({"helper_key": b"short"}, "helper key"),
        ({"helper_key_signature": bytes(64)}, "signature"),
        ({"facts": PublicFacts(country="Austria")}, "country"),
        ({"facts": PublicFacts(name="x" * 121)}, "name"),
        ({"facts": PublicFacts(name="two\nlines")}, "name"),
    ],
)
def test_an_unfit_application_is_refused(change, word):
    check_application(application())
    with pytest.raises(RemoteProtocolError, match=word):
        check_application(replace(application(), **change))


@pytest.fixture
def sign_in(database):
    now = [1000]
    made = SignIn(
        book=DatabaseSignIn(database), clock=lambda: now[0], entropy=system_entropy,
        link_seconds=60, session_seconds=600,
    )  # fmt: skip
    return made, now


def test_a_link_opens_one_session_once(sign_in):
    desk, _ = sign_in
    token = desk.invite("A. Viewer")
    cookie = desk.redeem(token)
    assert desk.session(cookie).reader == "A. Viewer"
    with pytest.raises(EnrolmentRefused, match="is used"):
        desk.redeem(token)


def test_a_link_and_a_session_have_their_time(sign_in):
    desk, now = sign_in
    late, cookie = desk.invite("late"), desk.redeem(desk.invite("early"))
    now[0] += 60
    with pytest.raises(EnrolmentRefused):
        desk.redeem(late)
    now[0] += 539
    assert desk.session(cookie) is not None
    now[0] += 1
    assert desk.session(cookie) is None


def test_signing_out_ends_the_session_for_good_here_or_everywhere(sign_in):
    desk, _ = sign_in
    first, second, other = (desk.redeem(desk.invite(name)) for name in ("a", "a", "b"))
    desk.sign_out(first)
    assert (desk.session(first), desk.session(second).reader) == (None, "a")
    assert desk.sign_out_everywhere(desk.session(second).person_id) == 1
    assert (desk.session(second), desk.session(other).reader) == (None, "b")


@pytest.mark.parametrize("cookie", ["", "short", "x" * 44, "x" * 43, "é" * 43])
def test_what_is_no_cookie_opens_nothing(sign_in, cookie):
    desk, _ = sign_in
    desk.sign_out(cookie)
    assert desk.session(cookie) is None
    with pytest.raises(EnrolmentRefused):
        desk.redeem(cookie)


def test_no_token_and_no_cookie_is_in_the_database(sign_in, database):
    desk, _ = sign_in
    token = desk.invite("a")
    cookie = desk.redeem(token)
    with database.reading() as connection:
        rows = [
            str(tuple(row))
            for table in ("sign_in_link", "portal_session")
            for row in connection.exec_driver_sql(f"SELECT * FROM {table}")
        ]
    assert len(rows) == 2
    assert all(secret not in row for row in rows for secret in (token, cookie))
    link = Link(token_hash=hash_token(token), person_id="a", kind=LinkKind.SESSION, expires_at=1)
    assert hash_token(token) not in repr(link)
