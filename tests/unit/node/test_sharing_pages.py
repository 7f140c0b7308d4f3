"""Promise: what left is shown, filtered and given out; only a steward's own form decides."""

import io
import logging
import re
import zipfile
from fractions import Fraction

import pytest
from tests.support.busy_house import make_busy_house
from tests.support.html_reading import Outline
from tests.support.local_node import CANARY, TODAY, make_local_node, plan_for
from tests.support.simulated_round import contribution_to
from tests.support.web_client import Browser

from foyer_node.adapters.key_files import read_keys
from foyer_node.adapters.list_log import ListLog
from foyer_node.adapters.outbox_files import Outbox
from foyer_node.adapters.round_files import RoundFiles
from foyer_node.app import contribution_of, open_openings
from foyer_node.config import Policy
from foyer_node.sharing.before_noise import before_noise
from foyer_node.sharing.steering import decisions_of
from foyer_node.web.access import COOKIE, open_access
from foyer_node.web.accounts import Role
from foyer_node.web.local_files import LocalFiles
from foyer_node.web.pages import create_pages
from foyer_node.web.sessions import LINK_USER
from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.crypto.randomness import system_entropy
from foyer_protocol.dp.ledger import charge
from foyer_protocol.messages.envelope import COORDINATOR, EnvelopeHeader, Kind, seal_envelope
from foyer_protocol.rounds.kinds.figures import make_job
from foyer_protocol.rounds.kinds.kind import vector_of
from foyer_protocol.rounds.node import make_openable_report
from foyer_protocol.simulate import NOON, make_network
from foyer_protocol.version import PROTOCOL_VERSION
from foyer_web.columns_read import columns_of
from foyer_web.languages import LANGUAGES
from foyer_web.sharing_words import COLUMNS, LACKS

HERE = "http://127.0.0.1:8765"
ROUND = "season-2027"
JOB = "0a" * 16


class Desk:
    """One node's pages, read by anybody at the machine or by its signed-in steward."""

    def __init__(self, config):
        self.config = config
        door = open_access(config.folder, config.web.host)
        node = LocalFiles(config, today=lambda: TODAY, look=lambda _: None)
        site = create_pages(node, address=lambda: "127.0.0.1:8765", access=door)
        self.anybody = Browser(site, HERE)
        cookie = door.sessions.begin(LINK_USER, Role.STEWARD)
        self.steward = Browser(site, HERE)
        self.steward.cookies.set(COOKIE, cookie)
        self.token = door.sessions.find(cookie).form_token

    def send(self, path, **fields):
        return self.steward.post(f"/en{path}", data={"form_token": self.token, **fields})

    @property
    def decisions(self):
        return decisions_of(self.config)


def keep_report(config, *, kept):
    """A report of figures that left, and what opens it if `kept`."""
    plan = plan_for("season-2026")
    parts = {name: contribution_to(plan, 5000) for name in ("aros", "ccb", "mak", "smk")}
    roster, parties = make_network({**parts, "kanal": contribution_of(config, plan)})
    job = make_job(plan, roster, job_id=JOB, reports_until=NOON, expires_at=NOON + 60)
    files, party = RoundFiles(config.folder), parties["kanal"]
    files.keep_job(JOB, job.to_json(), roster.digest, b"")
    vector = vector_of(job, party.contribution, system_entropy)
    paid = charge(
        party.ledger, job_id=JOB, round_id=plan.round_id, rho=plan.figures_rho,
        period=roster.period, cap=Fraction(1),
    )  # fmt: skip
    report, seeds = make_openable_report(
        job, roster, party.identity, "kanal", vector, paid, system_entropy
    )
    if kept:
        openings = open_openings(config, read_keys(config.path("keys")))
        openings.keep(job, report, party.contribution, vector, seeds)
    header = EnvelopeHeader(
        protocol=PROTOCOL_VERSION, network="simulated", sender="kanal", receiver=COORDINATOR,
        kind=Kind.REPORT, job_id=JOB, expires_at=NOON,
    )  # fmt: skip
    raw = seal_envelope(header, report.to_bytes(), party.identity)
    box = Outbox(config.path("outbox"), lambda: NOON)
    box.record(raw, channel="fleet", kind="report", round_id=plan.round_id, rho=job.rho)
    box.record(b"", channel="control", kind="status")


def with_policy(config, **policy):
    return config.model_copy(update={"policy": Policy(**policy)})


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kept")
    config = with_policy(make_local_node(folder), keep_openings_days=3650)
    keep_report(config, kept=True)
    return Desk(config)


@pytest.fixture(scope="module")
def forgotten(tmp_path_factory):
    config = make_local_node(tmp_path_factory.mktemp("forgotten"))
    keep_report(config, kept=False)
    return Desk(config)


@pytest.fixture
def desk(tmp_path):
    config = make_local_node(tmp_path)
    RoundFiles(config.folder).keep_plan(ROUND, plan_for(ROUND).to_json())
    return Desk(config)


@pytest.fixture(scope="module")
def busy(tmp_path_factory):
    return Desk(make_busy_house(tmp_path_factory.mktemp("busy")))


def text_of(answer, status=200):
    assert answer.status_code == status, answer.text
    return " ".join(Outline(answer.text).text.split())


def cells(page, name):
    row = re.search(rf'<th scope="row">{re.escape(name)}</th>(.*?)</tr>', page.text)
    assert row, name
    return [float(cell.replace(",", "")) for cell in re.findall(r"<td>(.*?)</td>", row[1])]


def test_a_report_shows_exact_noise_and_what_was_masked_where_an_opening_is_kept(kept):
    page = kept.anybody.get("/en/outbox/1")
    exact, noise, masked = cells(page, "Tickets sold or given out")
    assert exact == 45
    assert masked == pytest.approx(exact + noise, abs=0.011)
    assert "Only on this page, and never sent." in text_of(page)
    assert "Denmark, postcodes 2…" in text_of(page)


def test_without_an_opening_the_exact_values_stand_alone_and_the_page_says_why(forgotten):
    page = forgotten.anybody.get("/en/outbox/1")
    assert cells(page, "Tickets sold or given out") == [45]
    assert LACKS["no-opening"] in text_of(page)
    assert "Noise of this house" not in text_of(page)


def test_other_messages_have_nothing_before_noise(kept):
    assert "Before the noise" not in text_of(kept.anybody.get("/en/outbox/2"))


def test_what_cannot_be_told_is_said():
    assert before_noise(None, None, lambda plan: None).lack == "no-job"
    assert set(LACKS) == {"no-job", "no-figures", "no-opening", "no-data"}


def test_a_message_is_shown_pretty_raw_and_as_a_file(kept):
    page = kept.anybody.get("/en/outbox/1")
    assert "masked_vector" in page.text
    assert 'href="/api/v1/outbox/1/raw"' in page.text
    raw = kept.anybody.get("/api/v1/outbox/1/raw").content
    assert raw.hex()[:60] in page.text


def test_the_list_can_be_filtered_by_round(kept):
    every = kept.anybody.get("/en/outbox").text
    assert every.count('href="/en/outbox/') - every.count("archive.zip") == 2
    one = kept.anybody.get("/en/outbox?round=season-2026").text
    assert 'href="/en/outbox/1"' in one
    assert 'href="/en/outbox/2"' not in one
    assert kept.anybody.get("/en/outbox?round=none").status_code == 404


@pytest.mark.parametrize("locale", LANGUAGES)
def test_the_officer_s_archive_is_given_out_in_the_reader_s_language(kept, locale):
    answer = kept.anybody.get(f"/{locale}/outbox/archive.zip")
    assert answer.headers["content-type"] == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert "payloads/00000001.bin" in archive.namelist()
    assert "README.txt" in archive.namelist()


def test_a_proposed_round_reads_like_a_notice(desk):
    text = text_of(desk.anybody.get(f"/en/rounds/{ROUND}"))
    for statistic in CATALOGUE.values():
        assert statistic.question in text
    for words in COLUMNS.values():
        assert words in text
    for heading in ("What comes out", "What it costs", "Who sees what", "Until when"):
        assert heading in text
    assert "at least 4 institutions" in text


def test_every_leaf_s_columns_have_words():
    leaves = {leaf for entry in CATALOGUE.values() for leaf in entry.leaves}
    assert set().union(*map(columns_of, leaves)) == set(COLUMNS)


def test_who_is_not_signed_in_sees_no_button_and_is_told_where_to_sign_in(desk):
    for path in (f"/en/rounds/{ROUND}", "/en/outbox", "/en/lifecycle"):
        page = desk.anybody.get(path)
        assert 'method="post"' not in page.text, path
        assert 'href="/en/sign-in"' in page.text, path


@pytest.mark.parametrize(("act", "said"), [("approve", "Approved"), ("decline", "Declined")])
def test_a_steward_decides_about_a_round_with_a_reason(desk, act, said):
    answer = desk.send(f"/rounds/{ROUND}/decision", act=act, reason="as our board said")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/en/rounds/{ROUND}")
    made = desk.decisions.of(ROUND)
    assert (made.act, made.reason, made.by) == (act, "as our board said", LINK_USER)
    text = text_of(desk.anybody.get(f"/en/rounds/{ROUND}"))
    assert said in text
    assert "as our board said" in text


def test_all_sharing_is_paused_and_taken_up_again(desk):
    assert desk.send("/sharing", act="pause").status_code == 303
    assert desk.decisions.pause
    assert "Nothing is shared." in text_of(desk.anybody.get("/en/outbox"))
    assert "Take part again" in desk.steward.get("/en/outbox").text
    desk.send("/sharing", act="resume")
    assert desk.decisions.pause is None


@pytest.mark.parametrize(
    ("path", "fields"),
    [("/sharing", {"act": "approve"}), ("/sharing", {"act": "cheer"}), ("/sharing", {}),
     (f"/rounds/{ROUND}/decision", {"act": "pause"}),
     (f"/rounds/{ROUND}/decision", {"act": "decline", "reason": "x" * 501}),
     ("/rounds/season-1999/decision", {"act": "decline"})],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_and_nothing_is_decided(desk, path, fields):
    assert desk.send(path, **fields).status_code in {400, 403, 404}
    assert desk.decisions.all == ()


POSTS = [("/sharing", {"act": "pause"}), (f"/rounds/{ROUND}/decision", {"act": "decline"}),
         ("/lifecycle/list", {"stage": "new", "personal": "yes"})]  # fmt: skip


@pytest.mark.parametrize(("path", "fields"), POSTS)
def test_nobody_else_s_form_does_anything(desk, path, fields):
    whole = {"form_token": desk.token, **fields}
    strange = {"sec-fetch-site": "cross-site"}
    refused = [
        desk.anybody.post(f"/en{path}", data=whole),
        desk.steward.post(f"/en{path}", data=fields),
        desk.steward.post(f"/en{path}", data={**whole, "form_token": "x"}),
        desk.steward.post(f"/en{path}", data=whole, headers=strange),
    ]
    assert {answer.status_code for answer in refused} <= {401, 403}
    assert desk.decisions.all == ()
    assert ListLog(desk.config.folder).made() == ()
    assert desk.steward.get(f"/en{path}").status_code in {404, 405}


def test_a_list_is_given_out_noted_without_addresses_and_said_in_no_log(busy, caplog):
    caplog.set_level(logging.DEBUG)
    answer = busy.send("/lifecycle/list", stage="new", personal="yes")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="new.csv"' in answer.headers["content-disposition"]
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "email,consent"
    assert lines[1].startswith(f'"{CANARY}')
    (made,) = ListLog(busy.config.folder).made()
    assert (made.addresses, made.by) == (len(lines) - 1, LINK_USER)
    assert CANARY not in caplog.text
    for path in ("/en/lifecycle", "/en/monday", "/en/status"):
        assert CANARY not in busy.anybody.get(path).text
    assert f"{made.addresses} addresses, by this computer" in text_of(
        busy.anybody.get("/en/lifecycle")
    )


def test_a_list_takes_a_tick_that_it_is_personal_data(busy):
    before = ListLog(busy.config.folder).made()
    answer = busy.send("/lifecycle/list", stage="new")
    assert answer.status_code == 400
    assert CANARY not in answer.text
    assert ListLog(busy.config.folder).made() == before


@pytest.mark.parametrize("locale", LANGUAGES)
def test_every_page_with_a_button_is_whole_in_every_language(desk, locale):
    for path in (f"/rounds/{ROUND}", "/outbox", "/lifecycle"):
        outline = Outline(desk.steward.get(f"/{locale}{path}").text)
        assert "%(" not in outline.text
        assert any(form.get("method") == "post" for form in outline.all("form")), path
