"""People are invited and shut out at once; every change is in a chain that only grows."""

import json

import pytest
from sqlalchemy import text
from tests.support.simulated_round import plan_of
from typer.testing import CliRunner

from foyer_coordinator.adapters.database_audit import DatabaseAudit, record
from foyer_coordinator.adapters.database_members import DatabaseMembers
from foyer_coordinator.adapters.database_people import DatabasePeople
from foyer_coordinator.adapters.database_rounds import DatabaseRounds
from foyer_coordinator.adapters.database_sign_in import DatabaseSignIn
from foyer_coordinator.app import open_books
from foyer_coordinator.cli import app
from foyer_coordinator.config import read_config
from foyer_coordinator.portal.audit import Act, verify_chain
from foyer_coordinator.portal.people import Claim, People, clean_login
from foyer_coordinator.portal.roles import OF_INSTITUTIONS, OF_THE_NETWORK, Role
from foyer_coordinator.portal.sign_in import SignIn, Way, hash_token
from foyer_coordinator.ports import Institution
from foyer_protocol.crypto.randomness import system_entropy
from foyer_protocol.errors import ConfigError, StorageError
from foyer_protocol.rounds.phases import Phase

MAK = Institution(
    slug="mak", name="MAK", country="AT", type="museum", size_band="M", signing_key="a" * 64,
    transport_key="PEM", helper_key="bb", helper_signature="cc", enrolled_at=1,
)  # fmt: skip
NOW = 1_800_000_000


@pytest.fixture
def people(database):
    return People(book=DatabasePeople(database), clock=lambda: NOW, entropy=system_entropy)


@pytest.fixture
def desk(database):
    return SignIn(
        book=DatabaseSignIn(database), clock=lambda: NOW, entropy=system_entropy,
        link_seconds=60, session_seconds=600,
    )  # fmt: skip


def acts(database):
    return [one.act for one in DatabaseAudit(database).entries()]


def test_an_invitation_is_seen_without_being_spent_and_is_of_one_person(people):
    token = people.invite("Anna@Mak.example", Role.AUDITOR, name="Anna")
    for _ in range(2):
        found = people.book.invited(hash_token(token), NOW)
        assert (found.login, found.name, found.role) == (
            "anna@mak.example", "Anna", Role.AUDITOR,
        )  # fmt: skip
    assert people.book.invited(hash_token(token), NOW + 7 * 24 * 3600) is None
    assert people.book.invited(hash_token("x" * 43), NOW) is None


def test_an_invitation_is_no_sign_in_link(people, desk):
    token = people.invite("anna", Role.VIEWER)
    with pytest.raises(Exception, match="nobody was signed in"):
        desk.redeem(token)


def test_inviting_again_voids_the_earlier_link(people):
    first = people.invite("anna", Role.VIEWER)
    second = people.invite("anna", Role.VIEWER)
    assert people.book.invited(hash_token(first), NOW) is None
    assert people.book.invited(hash_token(second), NOW) is not None
    assert len(people.book.people()) == 1


def test_a_role_is_not_changed_by_another_invitation(people):
    people.invite("anna", Role.VIEWER)
    with pytest.raises(ConfigError, match="already"):
        people.invite("anna", Role.ADMINISTRATOR)
    people.disable("anna")
    people.invite("anna", Role.ADMINISTRATOR)
    assert people.book.person_named("anna").role is Role.ADMINISTRATOR


@pytest.mark.parametrize("role", Role)
def test_a_role_has_its_place(people, role):
    for institution, wanted in (("mak", OF_INSTITUTIONS), ("", OF_THE_NETWORK)):
        if role in wanted:
            people.invite(f"{role}@{institution}", role, institution=institution)
        else:
            with pytest.raises(ConfigError, match="nobody was invited"):
                people.invite("x", role, institution=institution)


@pytest.mark.parametrize("values", ["'steward', ''", "'analyst', 'mak'", "'auditor', 'mak'"])
def test_the_database_itself_refuses_a_role_in_the_wrong_place(database, values):
    with pytest.raises(StorageError), database.writing() as connection:
        connection.execute(
            text(
                "INSERT INTO person (role, institution, person_id, login, name, created_at)"
                f" VALUES ({values}, 'a', 'a', 'a', 1)"
            )
        )


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "a\x00", "x" * 121])
def test_a_name_that_nobody_can_type_is_refused(name):
    with pytest.raises(ConfigError, match="nothing was changed"):
        clean_login(name)


def test_who_is_shut_out_is_out_at_once_and_has_nothing_left(people, desk, database):
    cookie = desk.redeem(desk.invite("anna"))
    waiting = desk.invite("anna")
    assert desk.session(cookie).role is Role.VIEWER
    assert people.disable("Anna") == 1
    assert desk.session(cookie) is None
    with pytest.raises(Exception, match="nobody was signed in"):
        desk.redeem(waiting)
    with pytest.raises(ConfigError, match="shut"):
        desk.invite("anna")
    with pytest.raises(ConfigError, match="no open account"):
        people.disable("anna")
    assert desk.begin(people.book.person_named("anna").person_id, Way.LINK) is None
    assert acts(database)[-1] is Act.PERSON_DISABLED


def test_people_of_a_suspended_or_removed_member_are_out_at_once(people, desk, database):
    members = DatabaseMembers(database)
    members.add_institution(MAK)
    people.invite("anna", Role.STEWARD, institution="mak")
    cookie = desk.redeem(desk.invite("anna"))
    assert desk.session(cookie).institution == "mak"
    members.suspend("mak", True)
    assert desk.session(cookie) is None
    members.suspend("mak", False)
    assert desk.session(cookie) is not None
    members.remove("mak")
    assert desk.session(cookie) is None


def test_no_name_and_no_secret_is_in_the_audit_log_or_a_repr(people, desk, database):
    token = people.invite("anna@mak.example", Role.VIEWER, name="Anna Curator")
    desk.redeem(desk.invite("anna@mak.example"))
    person = people.book.person_named("anna@mak.example")
    shown = "".join(one.to_json().decode() for one in DatabaseAudit(database).entries())
    shown += repr(person) + repr(Claim(person_id="p", invitation=hash_token(token)))
    assert "anna" not in shown.lower()
    assert token not in shown
    assert hash_token(token) not in shown


def test_every_change_is_in_the_log_with_who_did_it(people, desk, database):
    members, rounds = DatabaseMembers(database), DatabaseRounds(database)
    members.add_institution(MAK)
    members.tell_facts("mak", {"discipline": "museum"})
    members.suspend("mak", True)
    members.suspend("mak", False)
    rounds.add_round(plan_of("one"), NOW)
    rounds.move_round("one", Phase.REPORTING, NOW)
    rounds.move_round("one", Phase.REPORTING, NOW)  # a restart repeats it
    rounds.move_round("one", Phase.ABORTED, NOW, "too-few-nodes")
    rounds.add_round(plan_of("two"), NOW)
    rounds.move_round("two", Phase.ABORTED, NOW, "plan-withdrawn")
    people.invite("anna", Role.VIEWER)
    cookie = desk.redeem(desk.invite("anna"))
    desk.sign_out(cookie)
    desk.sign_out_everywhere(people.book.person_named("anna").person_id)
    people.disable("anna")
    members.remove("mak")
    assert acts(database) == [
        Act.INSTITUTION_ENROLLED, Act.INSTITUTION_DESCRIBED, Act.INSTITUTION_SUSPENDED,
        Act.INSTITUTION_REINSTATED,
        Act.ROUND_PROPOSED, Act.ROUND_LAUNCHED, Act.ROUND_ABORTED, Act.ROUND_PROPOSED,
        Act.ROUND_WITHDRAWN, Act.PERSON_INVITED, Act.LINK_MADE, Act.SIGNED_IN, Act.SIGNED_OUT,
        Act.SIGNED_OUT_EVERYWHERE, Act.PERSON_DISABLED, Act.INSTITUTION_REMOVED,
    ]  # fmt: skip


def test_a_change_that_fails_leaves_no_entry(database):
    rounds = DatabaseRounds(database)
    with pytest.raises(Exception, match="nothing was changed"):
        rounds.move_round("none", Phase.REPORTING, NOW)
    assert acts(database) == []


@pytest.fixture
def chain(database):
    with database.writing() as connection:
        for subject in "abc":
            record(connection, Act.LINK_MADE, subject, at=NOW)
    return DatabaseAudit(database).entries()


def test_a_chain_is_checked_to_its_head(chain):
    assert verify_chain(chain) == chain[-1].digest
    assert verify_chain([]) == "0" * 64


@pytest.mark.parametrize("broken", ["changed", "dropped", "swapped", "beginning gone"])
def test_a_chain_that_was_tampered_with_is_found_out(chain, broken):
    a, b, c = chain
    tampered = {
        "changed": [a.model_copy(update={"subject": "x"}), b, c],
        "dropped": [a, c],
        "swapped": [b, a, c],
        "beginning gone": [b, c],
    }[broken]
    with pytest.raises(StorageError, match="does not follow"):
        verify_chain(tampered)


@pytest.mark.parametrize("statement", ["UPDATE audit SET body = '{}'", "DELETE FROM audit"])
def test_the_database_itself_refuses_to_change_the_log(chain, database, statement):
    with pytest.raises(StorageError) as caught, database.writing() as connection:
        connection.execute(text(statement))
    assert "the audit log is only added to" in str(caught.value.__cause__)
    assert DatabaseAudit(database).entries() == chain


def test_the_newest_entries_come_leaf_by_leaf(chain, database):
    book = DatabaseAudit(database)
    assert book.newest(2) == [chain[2], chain[1]]
    assert book.newest(2, before=1) == [chain[0]]


@pytest.fixture
def run(tmp_path):
    def say(*words, status=0):
        done = CliRunner().invoke(app, [*words, "--dir", str(tmp_path / "home")])
        assert done.exit_code == status, done.output
        return done.output

    key = str(tmp_path / "governance.key")
    say("init", "kulturnet", "--governance-key", key)
    return say


def test_the_operator_invites_lists_and_shuts_out(run, tmp_path):
    link = run("user", "invite", "anna@mak.example", "--role", "auditor")
    assert link.startswith("http://127.0.0.1:7000/invitation/")
    assert "not enrolled" in run(
        "user", "invite", "x", "--role", "steward", "--institution", "mak", status=10
    )
    assert "auditor" in run("user", "list")
    assert "is shut out" in run("user", "disable", "anna@mak.example")
    assert json.loads(run("user", "list", "--as", "json"))[0]["disabled"] is True
    with open_books(read_config(tmp_path / "home")) as books:
        assert books.people.person_named("anna@mak.example").disabled_at is not None


def test_the_operator_reads_the_audit_log_with_its_head(run):
    run("user", "invite", "anna@mak.example", "--role", "auditor")
    said = run("audit")
    assert "person-invited" in said
    assert "anna@mak.example (auditor of network)" in said
    told = json.loads(run("audit", "--as", "json"))
    assert said.strip().endswith(f"chain verified, head {told['head']}")
    assert told["entries"][0]["actor"] == "operator"
