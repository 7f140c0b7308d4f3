"""Promise: one report can be opened to the auditor, for as long as policy says and no longer."""

from dataclasses import replace

import numpy as np
import pytest
from tests.support.consortium import a_consortium, altered, signed, varied
from tests.support.session_party import SessionParty

from foyer_node.adapters.history_files import HistoryFiles
from foyer_node.adapters.opening_files import OpeningFiles
from foyer_node.adapters.round_files import RoundFiles
from foyer_node.config import Policy
from foyer_node.following import Network
from foyer_node.openings import DAY, Openings
from foyer_node.session import NodeSession
from foyer_protocol.crypto.identity import Identity
from foyer_protocol.crypto.randomness import system_entropy
from foyer_protocol.errors import ConfigError, StorageError
from foyer_protocol.messages.plan import Job
from foyer_protocol.messages.release import Release
from foyer_protocol.messages.report import content_digest
from foyer_protocol.rounds.opening import Opening, findings
from foyer_protocol.simulate import NOON, run_round

OURS = "dox"
VAULT_KEY = bytes(range(32))
FIGURES, VETO = "0a" * 16, "0b" * 16


class Desk:
    """One node that keeps openings, and the round it took part in."""

    def __init__(self, folder, days):
        self.now = NOON - 60
        self.made = a_consortium("volume.bookers", "money.average_ticket_price")
        self.party = self.made.parties[OURS]
        self.data = self.party.contribution
        self.folder = folder / "openings"
        self.files = OpeningFiles(self.folder, VAULT_KEY)
        self.openings = Openings(store=self.files, days=days, clock=lambda: self.now)
        self.replies = self._round(folder)

    def _round(self, folder):
        coordinator, governance = Identity.generate(), Identity.generate()
        roster = altered(self.made.roster, coordinator_key=coordinator.public)
        session = NodeSession(
            network=Network(
                slug="simulated",
                institution=OURS,
                coordinator_key=coordinator.public,
                governance_keys=(governance.public,),
            ),
            policy=Policy(period_rho_cap="10/1"),
            identity=self.party.identity,
            helper_key=self.party.helper_key,
            store=RoundFiles(folder),
            history=HistoryFiles(folder),
            show=lambda content, **facts: None,
            compute=lambda plan: self.data,
            clock=lambda: self.now,
            openings=self.openings,
        )
        ours = SessionParty(
            session=session, coordinator=coordinator, signed=signed(roster, governance)
        )
        session.follow_roster(ours.signed.to_bytes())
        names = iter((FIGURES, VETO))
        release = run_round(
            self.made.plan,
            roster,
            {**self.made.parties, OURS: ours},
            new_job_id=lambda: next(names),
        )
        assert isinstance(release, Release)
        return ours.replies

    def audit(self, job_id=FIGURES, key=None):
        return self.openings.audit(
            job_id, key or self.party.identity.public, lambda plan: self.data
        )

    def opening(self):
        return Opening.from_bytes(self.files.read(FIGURES))


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path, days=30)


def test_a_report_of_true_figures_passes_every_check(desk):
    audit = desk.audit()
    assert audit.passed
    assert audit.holds == dict.fromkeys(("signature", "seeds", "masks", "noise", "data"), True)


def test_the_auditor_is_given_the_digest_of_the_header_that_left(desk):
    header = desk.opening().report.signed.header.to_json()
    assert header in desk.replies[0]
    assert desk.audit().header == content_digest(header)


def test_figures_that_the_data_do_not_give_are_named_by_family_and_not_by_number(desk):
    desk.data = varied(desk.made.plan, 99)
    audit = desk.audit()
    assert not audit.passed
    assert [name for name, holds in audit.holds.items() if not holds] == ["data"]
    assert "visitors" in audit.changed
    figures = {str(n) for values in desk.data.values.values() for n in values if n > 99}
    assert not any(number in audit.as_text() for number in figures)


def test_another_institutions_key_did_not_sign_it(desk):
    audit = desk.audit(key=Identity.generate().public)
    assert not audit.holds["signature"]


def test_a_report_shown_for_another_job_is_not_signed_for_it(desk):
    opening = desk.opening()
    other = Job.model_validate({**opening.job.model_dump(), "job_id": "0c" * 16})
    key = desk.party.identity.public
    assert not findings(replace(opening, job=other), key)["signature"]


def test_a_seed_that_was_not_committed_to_is_found(desk):
    opening = desk.opening()
    forged = replace(opening, seeds=(b"\x01" * 32, *opening.seeds[1:]))
    found = findings(forged, desk.party.identity.public)
    assert (found["seeds"], found["masks"]) == (False, False)


@pytest.mark.parametrize("seeds", [(), (b"short",) * 3])
def test_seeds_of_another_number_or_length_are_found_and_not_used(desk, seeds):
    found = findings(replace(desk.opening(), seeds=seeds), desk.party.identity.public)
    assert (found["seeds"], found["masks"]) == (False, False)


def test_other_figures_than_were_sent_do_not_make_up_the_vector(desk):
    opening = desk.opening()
    other = opening.exact.copy()
    other[-1] += 1
    found = findings(replace(opening, exact=other), desk.party.identity.public)
    assert found["masks"] is False


@pytest.mark.parametrize("slot, shift", [(-1, 10**9), (0, 1), (4, -1)])
def test_a_lie_called_noise_is_found(desk, slot, shift):
    opening = desk.opening()
    exact, noise = opening.exact.copy(), opening.noise.copy()
    exact[slot] -= shift
    noise[slot] += shift
    found = findings(replace(opening, exact=exact, noise=noise), desk.party.identity.public)
    assert (found["masks"], found["noise"]) == (True, False)


def test_only_reports_of_figures_are_kept(desk):
    assert [path.stem for path in desk.folder.iterdir()] == [FIGURES]
    with pytest.raises(ConfigError, match="nothing that opens"):
        desk.audit(VETO)


def test_by_default_nothing_is_kept(tmp_path):
    desk = Desk(tmp_path, days=Policy().keep_openings_days)
    assert not desk.folder.exists()
    with pytest.raises(ConfigError, match="nothing was checked"):
        desk.audit()


@pytest.mark.parametrize("name", ["../keys/vault", "", "0A" * 16])
def test_what_is_no_job_opens_no_file(desk, name):
    with pytest.raises(ConfigError):
        desk.audit(name)


def test_after_its_days_an_opening_is_deleted_and_not_before(desk):
    desk.now += 30 * DAY - 1
    assert desk.audit().passed
    desk.now += 1
    with pytest.raises(ConfigError):
        desk.audit()
    assert not list(desk.folder.iterdir())


def test_a_policy_that_keeps_nothing_any_more_deletes_what_was_kept(desk):
    replace(desk.openings, days=0).forget()
    assert not list(desk.folder.iterdir())


def test_neither_figures_nor_seeds_lie_open_on_the_disk(desk):
    raw = (desk.folder / f"{FIGURES}.sealed").read_bytes()
    opening = desk.opening()
    assert not any(seed in raw for seed in opening.seeds)
    assert opening.exact.tobytes() not in raw
    assert opening.report.masked not in raw


def test_another_vault_key_opens_nothing(desk):
    with pytest.raises(StorageError, match="does not open"):
        OpeningFiles(desk.folder, system_entropy(32)).read(FIGURES)


@pytest.mark.parametrize("place", [0, 7, 8, 20, -1])
def test_an_opening_altered_anywhere_or_kept_longer_is_refused(desk, place):
    path = desk.folder / f"{FIGURES}.sealed"
    raw = bytearray(path.read_bytes())
    raw[place] ^= 1
    path.write_bytes(raw)
    with pytest.raises(StorageError, match="altered"):
        desk.files.read(FIGURES)


def test_an_opening_does_not_open_under_another_jobs_name(desk):
    path = desk.folder / f"{FIGURES}.sealed"
    path.rename(desk.folder / f"{VETO}.sealed")
    with pytest.raises(StorageError):
        desk.files.read(VETO)


def test_a_damaged_opening_is_refused_wherever_it_is_cut(desk):
    raw = desk.opening().to_bytes()
    for length in range(0, len(raw), 97):
        with pytest.raises(StorageError, match="damaged"):
            Opening.from_bytes(raw[:length])


def test_an_opening_is_written_and_read_alike(desk):
    opening = desk.opening()
    again = Opening.from_bytes(opening.to_bytes())
    assert again.seeds == opening.seeds
    assert np.array_equal(again.exact, opening.exact)
    assert np.array_equal(again.noise, opening.noise)


def test_nothing_secret_stands_in_the_repr(desk):
    opening = desk.opening()
    text = repr(opening)
    assert not any(seed.hex() in text or repr(seed) in text for seed in opening.seeds)
    assert "array(" not in text
