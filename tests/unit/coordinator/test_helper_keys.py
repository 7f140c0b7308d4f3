"""Promise: a helper key that its institution signed is in the next roster, and no other is."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from foyer_coordinator import cli as coordinator_cli
from foyer_coordinator.app import open_books
from foyer_coordinator.config import read_config
from foyer_coordinator.memberships import renew_helper_key
from foyer_coordinator.ports import Institution
from foyer_coordinator.setup import make_coordinator
from foyer_governance import cli as governance_cli
from foyer_protocol.crypto.helper_key import HelperKey
from foyer_protocol.crypto.identity import Identity
from foyer_protocol.errors import RemoteProtocolError
from foyer_protocol.messages.roster import helper_key_of, sign_helper_key

NAMES = ("aros", "brandts", "ccb")
KEYS = {name: Identity.generate() for name in NAMES}
NEW = HelperKey.generate().public


def house(slug: str) -> Institution:
    first = HelperKey.generate().public
    return Institution(
        slug=slug, name=slug, country="DK", type="MUSEUM_ART", size_band="M",
        signing_key=KEYS[slug].public, transport_key="PEM", helper_key=first.hex(),
        helper_signature=sign_helper_key(first, KEYS[slug]).hex(), enrolled_at=0,
    )  # fmt: skip


class Office:
    """A coordinator that two rosters are drawn up at, and what it does when a node speaks."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.home, self.key = folder, folder / "home", folder / "governance.key"
        make_coordinator(self.home, "kulturnet", self.key, "", "EUR")
        with open_books(read_config(self.home)) as books:
            for name in NAMES:
                books.members.add_institution(house(name))
        self.run("roster", "sign", "--governance-key", self.key, *self.terms)

    terms = ("--period", "2026", "--minimum-cohort", "3")

    def run(self, *words: object) -> str:
        done = CliRunner().invoke(
            coordinator_cli.app, [*(str(word) for word in words), "--dir", str(self.home)]
        )
        assert done.exit_code == 0, done.output
        return done.output

    def hear(self, name: str, public: bytes, signature: bytes) -> bool:
        """What the control port's service does when a node's frame has come."""
        with open_books(read_config(self.home)) as books:
            return renew_helper_key(books.members, name, public, signature)

    def known(self, name: str) -> Institution:
        with open_books(read_config(self.home)) as books:
            return books.members.institution(name)

    def named(self, name: str) -> str:
        with open_books(read_config(self.home)) as books:
            return helper_key_of(books.members.roster().roster, name)


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path)


def test_the_next_roster_names_the_new_key_and_the_present_one_does_not(office):
    before = office.named("aros")
    assert office.hear("aros", NEW, sign_helper_key(NEW, KEYS["aros"]))
    assert office.named("aros") == before != NEW.hex()
    office.run("roster", "sign", "--governance-key", office.key, *office.terms)
    assert office.named("aros") == NEW.hex()


def test_signers_and_operator_see_who_has_a_new_key(office):
    office.hear("aros", NEW, sign_helper_key(NEW, KEYS["aros"]))
    (line,) = (line for line in office.run("nodes").splitlines() if "new helper key" in line)
    assert line.startswith("aros")
    listed = json.loads(office.run("nodes", "--as", "json"))
    assert [one["institution"] for one in listed if one["helper_key_waits"]] == ["aros"]
    draft, before = office.folder / "draft.json", office.folder / "before.roster"
    with open_books(read_config(office.home)) as books:
        before.write_bytes(books.members.roster().to_bytes())
    office.run("roster", "draw", draft, "--period", "2026", "--minimum-cohort", "3")
    words = ["roster", "show", str(draft), "--last", str(before)]
    done = CliRunner().invoke(governance_cli.app, words)
    assert done.exit_code == 0, done.output
    (line,) = (line for line in done.output.splitlines() if "rotated" in line)
    assert "aros" in line


def test_the_same_key_again_changes_nothing(office):
    known = office.known("aros")
    public = bytes.fromhex(known.helper_key)
    assert not office.hear("aros", public, sign_helper_key(public, KEYS["aros"]))
    assert office.known("aros") == known


@pytest.mark.parametrize(
    ("name", "public", "signature"),
    [
        ("aros", NEW, sign_helper_key(NEW, KEYS["brandts"])),
        ("aros", NEW, bytes(64)),
        ("aros", NEW[1:], sign_helper_key(NEW[1:], KEYS["aros"])),
        ("stranger", NEW, sign_helper_key(NEW, KEYS["aros"])),
    ],
    ids=["another's word", "no signature", "no helper key", "a stranger"],
)
def test_what_is_not_the_institutions_own_word_is_refused(office, name, public, signature):
    known = office.known("aros")
    with pytest.raises(RemoteProtocolError):
        office.hear(name, public, signature)
    assert office.known("aros") == known
