"""Promise: a roster is the network's when g of G signers signed it, each on a machine of its own.

The signers' commands run in a process that could not import a coordinator, a node, a
database or a network library if it tried.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from foyer_coordinator import cli as coordinator_cli
from foyer_coordinator.app import open_books, open_secrets, quorum_of, read_governance
from foyer_coordinator.config import read_config
from foyer_coordinator.ports import Institution
from foyer_coordinator.setup import make_coordinator
from foyer_governance import cli as governance_cli
from foyer_protocol.crypto.helper_key import HelperKey
from foyer_protocol.crypto.identity import Identity
from foyer_protocol.errors import ConfigError, RemoteProtocolError
from foyer_protocol.messages.roster import SignedRoster, sign_helper_key, verify_roster

NAMES = ("albertina", "brandts", "ccb", "dox", "ermitage", "folkwang")
PERIOD = ("--period", "2026")


def house(slug: str, helper: HelperKey | None = None) -> Institution:
    identity, key = Identity.generate(), helper or HelperKey.generate()
    return Institution(
        slug=slug,
        name=slug,
        country="AT",
        type="MUSEUM_ART",
        size_band="M",
        signing_key=identity.public,
        transport_key="PEM",
        helper_key=key.public.hex(),
        helper_signature=sign_helper_key(key.public, identity).hex(),
        enrolled_at=0,
    )


class Desk:
    """A coordinator's folder and three signers' keys, each command as a person types it."""

    def __init__(self, folder: Path) -> None:
        self.home, self.folder = folder / "coordinator", folder
        make_coordinator(self.home, "kulturnet", self.key(0), "", "EUR")
        public = [self.govern("key", "new", self.key(number)) for number in (1, 2)]
        with (self.home / "governance.pub").open("a") as file:
            file.writelines(f"{text.splitlines()[0]}\n" for text in public)
        with open_books(read_config(self.home)) as books:
            for name in NAMES:
                books.members.add_institution(house(name))

    def key(self, number: int) -> Path:
        return self.folder / f"governance-{number}.key"

    def govern(self, *words: object, status: int = 0) -> str:
        return run(governance_cli.app, words, status)

    def operate(self, *words: object, status: int = 0) -> str:
        return run(coordinator_cli.app, (*words, "--dir", self.home), status)

    def draw(self, name: str = "draft.json") -> Path:
        self.operate("roster", "draw", self.folder / name, *PERIOD)
        return self.folder / name

    def sign(self, draft: Path, number: int) -> Path:
        out = self.folder / f"{draft.stem}-{number}.signature"
        self.govern("roster", "sign", draft, "--key", self.key(number), "--out", out)
        return out

    def next_roster(self) -> SignedRoster:
        draft = self.draw()
        self.operate("roster", "add", draft, self.sign(draft, 0), self.sign(draft, 2))
        return self.roster()

    def roster(self) -> SignedRoster:
        with open_books(read_config(self.home)) as books:
            return books.members.roster()


def run(app, words, status):
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exit_code == status, done.output
    return done.output


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def test_two_of_three_signers_make_a_roster_that_nodes_follow(desk):
    signed = desk.next_roster()
    roster = verify_roster(
        signed,
        network="kulturnet",
        governance=frozenset(read_governance(read_config(desk.home))),
        quorum=2,
        lowest_epoch=1,
    )
    assert (roster.epoch, len(signed.signatures)) == (1, 2)


def test_one_signature_of_three_keys_is_not_enough(desk):
    draft = desk.draw()
    said = desk.operate("roster", "add", draft, desk.sign(draft, 1), status=21)
    assert "has 1 governance signatures; 2 are needed" in said
    assert desk.roster() is None


def test_the_same_signer_twice_counts_once(desk):
    draft = desk.draw()
    once = desk.sign(draft, 1)
    assert "has 1 governance" in desk.operate("roster", "add", draft, once, once, status=21)


def test_the_one_signer_shortcut_is_refused_where_one_is_not_enough(desk):
    said = desk.operate("roster", "sign", "--governance-key", desk.key(0), *PERIOD, status=10)
    assert "need 2 signatures" in said
    assert desk.roster() is None


def test_a_signature_over_another_roster_is_refused(desk):
    first = desk.draw("first.json")
    elsewhere = desk.sign(first, 0)
    desk.operate("member", "suspend", "dox")
    second = desk.draw("second.json")
    said = desk.operate("roster", "add", second, elsewhere, desk.sign(second, 1), status=21)
    assert "Hand every signer the same file" in said


def test_a_stranger_cannot_sign(desk):
    stranger = desk.folder / "stranger.key"
    desk.govern("key", "new", stranger)
    draft, out = desk.draw(), desk.folder / "stranger.signature"
    desk.govern("roster", "sign", draft, "--key", stranger, "--out", out)
    said = desk.operate("roster", "add", draft, desk.sign(draft, 0), out, status=21)
    assert "not one of the network's governance" in said


def test_a_roster_altered_after_it_was_signed_is_refused(desk):
    draft = desk.draw()
    signatures = [desk.sign(draft, number) for number in (0, 1)]
    facts = json.loads(draft.read_text())
    facts["roster"]["minimum_cohort"] = 2
    draft.write_text(json.dumps(facts, sort_keys=True, separators=(",", ":")))
    desk.operate("roster", "add", draft, *signatures, status=21)
    assert desk.roster() is None


def test_an_old_draft_cannot_be_added_after_a_newer_epoch(desk):
    old = desk.draw("old.json")
    signatures = [desk.sign(old, number) for number in (0, 1)]
    desk.next_roster()
    assert "older than epoch 2" in desk.operate("roster", "add", old, *signatures, status=21)


def test_a_key_is_readable_by_its_owner_alone_and_never_overwritten(desk):
    assert desk.key(1).stat().st_mode & 0o777 == 0o600
    before = desk.key(1).read_bytes()
    assert "nothing was overwritten" in desk.govern("key", "new", desk.key(1), status=10)
    assert desk.key(1).read_bytes() == before
    desk.key(1).chmod(0o644)
    assert "read by others" in desk.govern("key", "show", desk.key(1), status=10)


def test_showing_a_roster_marks_who_is_new_suspended_removed_or_rotated(desk):
    last = desk.folder / "last.bin"
    desk.next_roster()
    desk.operate("roster", "save", last)
    desk.operate("member", "suspend", "brandts")
    desk.operate("member", "remove", "ccb")
    with open_books(read_config(desk.home)) as books:
        for name in ("gulbenkian", "hermes"):
            books.members.add_institution(house(name))
    said = desk.govern("roster", "show", desk.draw(), "--last", last)
    marks = {line.split()[1]: line.split()[0] for line in said.splitlines() if " " in line.strip()}
    assert marks["gulbenkian"] == marks["hermes"] == "new"
    assert (marks["brandts"], marks["ccb"]) == ("suspended", "removed")
    assert "another committee than albertina, brandts" in said


def test_a_removed_helper_is_on_no_committee_of_the_next_roster(desk):
    before = desk.next_roster().roster
    assert "albertina" in before.committee
    said = desk.operate("member", "remove", "albertina")
    assert "still names it and helps" in said
    after = desk.next_roster().roster
    assert after.epoch == before.epoch + 1
    assert "albertina" not in {*after.committee, *after.signing_keys}


def test_a_suspended_member_comes_back_with_the_roster_after_its_reinstatement(desk):
    desk.operate("member", "suspend", "folkwang")
    assert "folkwang" not in desk.next_roster().roster.signing_keys
    desk.operate("member", "reinstate", "folkwang")
    assert "folkwang" in desk.next_roster().roster.signing_keys


def test_nobody_unknown_is_suspended_or_removed(desk):
    desk.operate("member", "suspend", "nobody", status=20)
    desk.operate("member", "remove", "nobody", status=20)


def test_a_quorum_that_the_keys_cannot_meet_is_refused(desk):
    config = read_config(desk.home)
    network = config.network.model_copy(update={"governance_quorum": 4})
    with pytest.raises(ConfigError, match="names 3 keys"):
        quorum_of(config.model_copy(update={"network": network}), open_secrets(config).governance)


def test_nodes_refuse_what_one_signer_signed_alone(desk):
    signed = desk.next_roster()
    alone = SignedRoster(roster=signed.roster, signatures=dict([*signed.signatures.items()][:1]))
    with pytest.raises(RemoteProtocolError, match="1 governance signatures; 2 are needed"):
        verify_roster(
            alone,
            network="kulturnet",
            governance=frozenset(read_governance(read_config(desk.home))),
            quorum=2,
            lowest_epoch=1,
        )


def test_a_signer_needs_no_coordinator_network_or_database(desk):
    draft, out = desk.draw(), desk.folder / "signature"
    code = (
        "import sys\n"
        "for name in ('foyer_coordinator', 'foyer_node', 'grpc', 'flwr', 'sqlalchemy',"
        " 'sqlite3', 'duckdb', 'httpx'):\n"
        "    sys.modules[name] = None\n"
        "from foyer_governance.cli import main\n"
        f"sys.argv = ['foyer-governance', 'roster', 'sign', {str(draft)!r},"
        f" '--key', {str(desk.key(0))!r}, '--out', {str(out)!r}]\n"
        "main()\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, timeout=60)
    assert out.exists()


def propose(desk, *words, status=0):
    period = ("2026-01-01", "2027-01-01")
    return desk.operate("round", "propose", "season-2026", *period, *words, status=status)


def signed_for(desk, cohort):
    draft = desk.folder / "draft.json"
    desk.operate("roster", "draw", draft, *PERIOD, "--minimum-cohort", cohort)
    desk.operate("roster", "add", draft, desk.sign(draft, 0), desk.sign(draft, 1))


def test_a_round_can_be_divided_into_groups_of_a_whole_cohort_each(desk):
    signed_for(desk, 3)
    assert "minimum cohort 3 in each of 2 groups" in propose(
        desk, "--groups", 2, "--statistic", "volume.bookers"
    )
    with open_books(read_config(desk.home)) as books:
        assert books.rounds.round("season-2026").plan.groups == 2


def test_a_division_that_the_members_cannot_fill_is_not_proposed(desk):
    signed_for(desk, 4)
    assert "2 groups of 4 need more than the 6 members" in propose(desk, "--groups", 2, status=10)
    with open_books(read_config(desk.home)) as books:
        assert books.rounds.round("season-2026") is None
    assert "each of" not in propose(desk)


@pytest.fixture
def one_signer(desk):
    """A network whose only governance key is the operator's own."""
    keys = desk.home / "governance.pub"
    keys.write_text(keys.read_text().splitlines()[0] + "\n")
    return desk


@pytest.mark.parametrize(
    "words, told",
    [
        (("--period", "half"), "--period is a year or a month"),
        ((*PERIOD, "--cap", "half"), "--cap 'half' is no fraction"),
        ((*PERIOD, "--cap=-1/2"), "--cap is a fraction"),
        ((*PERIOD, "--cap", "1e500"), "--cap is a fraction"),
        ((*PERIOD, "--minimum-cohort", "1"), "--minimum-cohort is 2 or more"),
        ((*PERIOD, "--helper", "dox", "--helper", "dox"), "--helper names institutions"),
    ],
)
def test_terms_that_no_roster_can_have_are_refused_in_words(one_signer, words, told):
    key = ("--governance-key", one_signer.key(0))
    draft = one_signer.folder / "draft.json"
    for command in (("sign", *key), ("draw", draft)):
        said = one_signer.operate("roster", *command, *words, status=10)
        assert told in said
        assert "no roster was made" in said
    assert one_signer.roster() is None
    assert not draft.exists()


def test_a_mistyped_governance_key_is_refused_and_not_made(one_signer):
    typed = one_signer.folder / "govrenance.key"
    for path in (typed, one_signer.folder):
        said = one_signer.operate("roster", "sign", "--governance-key", path, *PERIOD, status=10)
        assert f"governance key {path} cannot be read" in said
    assert not typed.exists()
    assert one_signer.roster() is None
