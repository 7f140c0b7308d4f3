"""The node's local pages: mine beside the peers', for those who asked this host and no other."""

import json
import os
import re
from fractions import Fraction

import pytest
from tests.support.html_reading import Outline
from tests.support.local_node import CANARY, TODAY, YEAR, make_local_node, plan_for, release_with
from tests.support.web_client import Browser

from foyer_node.adapters.outbox_files import Outbox
from foyer_node.adapters.round_files import RoundFiles
from foyer_node.app import reading_store
from foyer_node.doctor import Finding, Findings, Mark, examine
from foyer_node.preview import ledger_listing
from foyer_node.web.local_files import LocalFiles, whole_lines
from foyer_node.web.pages import create_pages
from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.dp.ledger import Ledger, charge, refund

HERE = "http://127.0.0.1:8765"
TICKETS, BOOKERS = 45, 15
WELL = Findings(all=(Finding(name="disk", mark=Mark.GOOD, text="9 MiB free"),))


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """A house that imported this morning and is in no network."""
    return make_local_node(tmp_path_factory.mktemp("alone"))


@pytest.fixture(scope="module")
def member(tmp_path_factory):
    """A house with a release that it took part in, a proposal, and an outbox."""
    config = make_local_node(tmp_path_factory.mktemp("member"))
    release_with(config, plan_for("season-2026"))
    proposed = plan_for("season-2027")
    RoundFiles(config.folder).keep_plan(proposed.round_id, proposed.to_json())
    box = Outbox(config.path("outbox"), lambda: 1_796_000_000)
    box.record(b"\x0a\x05ready", channel="control", kind="status")
    return config


def site_of(config, *, look=lambda _: WELL, **settings):
    web = config.web.model_copy(update=settings)
    node = LocalFiles(config.model_copy(update={"web": web}), today=lambda: TODAY, look=look)
    return Browser(create_pages(node, address=lambda: "127.0.0.1:8765"), HERE)


@pytest.fixture(scope="module")
def ours(alone):
    return site_of(alone)


@pytest.fixture(scope="module")
def theirs(member):
    return site_of(member)


def text_of(answer, status=200):
    assert answer.status_code == status, answer.text
    return " ".join(Outline(answer.text).text.split())


def addresses(locale):
    return [
        *(f"/{locale}/statistics/{key}" for key in CATALOGUE),
        *(f"/{locale}{path}" for path in ("/", "/rounds", "/status", "/outbox")),
    ]


DOCUMENTS = ["/api/v1/overview", "/api/v1/rounds", "/api/v1/status", "/api/v1/outbox",
             *(f"/statistics/{key}.json" for key in CATALOGUE)]  # fmt: skip


@pytest.mark.parametrize("accept, locale", [("da, en;q=0.5", "da"), ("xx", "en")])
def test_the_browser_s_language_is_in_the_address_from_the_start(ours, accept, locale):
    answer = ours.get("/", headers={"accept-language": accept})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/{locale}/")
    assert ours.get(f"/{locale}").headers["location"] == f"/{locale}/"


def test_a_house_sees_its_own_year_on_the_day_of_its_first_import(ours):
    text = text_of(ours.get("/en/"))
    assert f"Yours: {TICKETS} tickets." in text
    assert f"Yours: {BOOKERS} visitors." in text
    assert "Denmark, postcodes 2… (15)" in text
    assert "Together" not in text
    assert "No round has been released yet." in text
    assert "random noise" not in text
    assert 'class="absent"' not in ours.get("/en/").text
    assert "Hos jer" in text_of(ours.get("/da/"))


def test_a_statistic_without_a_release_says_so_and_shows_mine(ours):
    text = text_of(ours.get("/en/statistics/volume.bookers"))
    assert "No round has released this figure yet." in text
    assert "random noise" not in text
    assert f"Yours: {BOOKERS} visitors." in text


def test_mine_is_bold_beside_the_peers_interval(theirs):
    page = theirs.get("/en/statistics/booking.online_share")
    assert re.search(
        r"Yours: <strong>\d+(\.\d+)?%</strong> \((higher|lower|no clear diff)", page.text
    )
    assert "The figure for all includes yours." in text_of(page)


def test_a_withheld_figure_says_why_and_still_shows_mine(theirs):
    text = text_of(theirs.get("/en/statistics/loyalty.retention_1y"))
    assert "too few institutions contributed" in text
    assert re.search(r"Yours: \d", text)


def test_every_group_of_residence_has_mine_in_the_table(theirs):
    page = theirs.get("/en/statistics/geography.residence")
    row = page.text.split("Denmark, postcodes 2…</th>")[1].split("</tr>")[0]
    assert row.endswith("<td>15</td>")


def test_mine_is_no_part_of_a_total_that_it_is_not_in(tmp_path):
    config = make_local_node(tmp_path)
    release_with(config, plan_for("season-2026"), taking_part=False)
    site = site_of(config)
    text = text_of(site.get("/en/statistics/volume.attendances"))
    assert f"Yours: {TICKETS} tickets." in text
    assert "includes yours" not in text


def test_two_releases_can_be_chosen_between(tmp_path):
    config = make_local_node(tmp_path)
    release_with(config, plan_for("season-2025", YEAR.previous()))
    release_with(config, plan_for("season-2026"), taking_part=False)
    site = site_of(config)
    latest = site.get("/en/statistics/volume.bookers")
    assert latest.text.count("<option") == 2
    earlier = site.get("/en/statistics/volume.bookers?round=season-2025")
    assert "1 Jul 2024" in text_of(earlier)
    assert site.get("/en/statistics/volume.bookers?round=none").status_code == 404


def test_rounds_are_listed_with_proposals_and_each_has_its_page(theirs):
    text = text_of(theirs.get("/en/rounds"))
    assert "season-2026" in text
    assert "season-2027" in text
    assert "Planned" in text
    assert "ε" in text_of(theirs.get("/en/rounds/season-2026"))
    assert text_of(theirs.get("/en/rounds/season-2027"))


def test_the_status_says_where_it_listens_and_what_was_imported(ours):
    text = text_of(ours.get("/en/status"))
    assert "Working." in text
    assert "127.0.0.1:8765" in text
    assert "9 MiB free" in text
    assert "generic" in text


def test_everything_that_left_is_there_explained_and_raw(theirs):
    assert "Ready or not, and how recent the data are" in text_of(theirs.get("/en/outbox"))
    page = text_of(theirs.get("/en/outbox/1"))
    assert "a status message of the control plane" in page
    assert "0a057265616479" in page
    assert theirs.get("/api/v1/outbox/1/raw").content == b"\x0a\x05ready"
    assert theirs.get("/api/v1/outbox/1").json()["hex"] == "0a057265616479"


def test_one_s_own_groups_are_a_table_before_any_release(ours):
    page = ours.get("/en/statistics/geography.residence")
    assert "<strong>15</strong>" in page.text
    row = page.text.split("Denmark, postcodes 2…</th>")[1].split("</tr>")[0]
    assert row.endswith("<td>15</td>")


def test_amounts_in_another_currency_say_why_they_are_not_compared(tmp_path):
    config = make_local_node(tmp_path)
    release_with(config, plan_for("season-2026"))
    house = config.institution.model_copy(update={"currency": "SEK"})
    site = site_of(config.model_copy(update={"institution": house}))
    text = text_of(site.get("/en/statistics/money.average_ticket_price"))
    assert "in another currency" in text


def test_every_message_that_left_is_on_one_of_the_outbox_s_pages(tmp_path):
    config = make_local_node(tmp_path)
    box = Outbox(config.path("outbox"), lambda: 1_796_000_000)
    for number in range(101):
        box.record(str(number).encode(), channel="control", kind="status")
    site = site_of(config)
    pages = [site.get(f"/en/outbox?page={number}").text for number in (1, 2, 3)]
    seen = [re.findall(r'href="/en/outbox/(\d+)"', page) for page in pages]
    assert [len(found) for found in seen] == [50, 50, 1]
    assert [int(one) for found in seen for one in found] == list(range(101, 0, -1))
    assert 'rel="next" href="/en/outbox?page=2"' in site.get("/en/outbox").text
    assert 'rel="prev" href="/en/outbox"' in pages[1]
    for beyond in (0, 4, -1, "x"):
        assert site.get(f"/en/outbox?page={beyond}").status_code == 404


def test_the_status_says_its_findings_in_the_reader_s_language(tmp_path):
    config = make_local_node(tmp_path)
    site = site_of(config, look=examine)
    text = text_of(site.get("/da/status"))
    assert "Privatlivsregnskab" in text
    assert "kæden er efterprøvet, intet brugt af rho 0,5000" in text
    assert "endnu ikke tilmeldt et netværk" in text
    assert "chain verified" not in text


def test_the_doctor_names_what_was_spent_and_where_the_pages_are(tmp_path):
    config = make_local_node(tmp_path)
    release_with(config, plan_for("season-2026"))
    config.path("pages.url").write_text("http://127.0.0.1:43210/")
    found = {finding.name: finding for finding in examine(config).all}
    assert re.fullmatch(
        r"chain verified, spent rho 0\.\d{4} of \d\.\d{4} in \d{4}", found["ledger"].text
    )
    assert found["pages"].text == "served at http://127.0.0.1:43210/"
    assert json.loads(json.dumps(examine(config).as_dict()))["findings"]


def test_a_refund_is_on_the_rounds_page_in_the_ledger_and_in_the_doctors_words(tmp_path):
    config, plan = make_local_node(tmp_path), plan_for("season-2027")
    files, job = RoundFiles(config.folder), "0f" * 16
    files.keep_plan(plan.round_id, plan.to_json())
    paid = charge(
        Ledger(), job_id=job, round_id=plan.round_id, rho=Fraction(1, 8), period="2026",
        cap=Fraction(1),
    )  # fmt: skip
    files.append(paid.entries[0])
    assert "Running" in text_of(site_of(config).get("/en/rounds"))
    files.append(refund(paid, job, "ab" * 32).entries[1])
    assert "Ended without a release" in text_of(site_of(config).get("/en/rounds"))
    assert "Ended without a release" in text_of(site_of(config).get("/en/rounds/season-2027"))
    record, text = ledger_listing(config)
    assert [entry["kind"] for entry in record["entries"]] == ["charge", "refund"]
    assert record["spent"] == {"2026": "0/1"}
    assert "spent rho 0.00000 of 0.50000, given back 0.12500" in text
    (found,) = [one for one in examine(config).all if one.name == "ledger"]
    assert found.text.endswith("spent rho 0.0000 of 0.5000 in 2026; given back: 0.1250")


def test_the_documents_hold_the_same_numbers(ours, theirs):
    alone = ours.get("/api/v1/overview").json()
    assert not alone["released"]
    mine = {figure["key"]: figure.get("mine") for figure in alone["figures"]}
    assert mine["volume.bookers"] == BOOKERS
    figure = theirs.get("/statistics/volume.bookers.json").json()
    assert figure == theirs.get("/api/v1/statistics/volume.bookers").json()
    assert figure["mine"] == BOOKERS
    assert figure["low"] < figure["estimate"] < figure["high"]
    residence = theirs.get("/api/v1/statistics/geography.residence").json()
    assert residence["mine_by_group"] == {"DK-2": BOOKERS}
    released = theirs.get("/rounds/season-2026.json").json()
    assert released == theirs.get("/api/v1/rounds/season-2026").json()
    assert released["release_hash"]


@pytest.mark.parametrize("locale", ["en", "fi"])
def test_no_visitor_is_ever_on_a_page(ours, theirs, locale):
    for site in (ours, theirs):
        for address in addresses(locale) + DOCUMENTS:
            answer = site.get(address)
            assert answer.status_code == 200, address
            assert CANARY not in answer.text


def test_reading_the_pages_sends_nothing_and_changes_nothing(member, theirs):
    def state():
        return {
            path: path.read_bytes() for path in sorted(member.folder.rglob("*")) if path.is_file()
        }

    before = state()
    for address in addresses("nl") + DOCUMENTS:
        theirs.get(address)
    assert state() == before


def test_no_exact_number_of_mine_is_in_what_others_also_have(member):
    (release,) = RoundFiles(member.folder).releases()
    assert b"mine" not in release
    assert b'"institution"' not in release


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8765", "127.0.0.1.evil.example", ""]
)
def test_a_request_for_another_host_learns_nothing(theirs, host):
    for address in ("/en/", "/api/v1/overview"):
        answer = theirs.get(address, headers={"host": host})
        assert answer.status_code == 403
        assert "Kanal" not in answer.text
        assert "season" not in answer.text
        assert answer.headers["content-security-policy"].startswith("default-src 'self'")


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "[::1]:8765", "10.0.0.7:8765"])
def test_a_request_for_this_host_is_answered(alone, host):
    site = site_of(alone, host="10.0.0.7")
    assert site.get("/en/sign-in", headers={"host": host}).status_code == 200


def test_bound_to_every_address_it_answers_to_addresses_and_not_to_names(alone):
    site = site_of(alone, host="0.0.0.0")
    assert site.get("/en/sign-in", headers={"host": "192.168.1.9:8765"}).status_code == 200
    assert site.get("/en/", headers={"host": "evil.example"}).status_code == 403
    assert site.get("/en/", headers={"host": "0.0.0.0"}).status_code == 403


def test_every_answer_is_kept_from_caches_and_from_other_sites(theirs):
    for address in ("/en/", "/api/v1/overview", "/en/nothing"):
        headers = theirs.get(address).headers
        assert headers["cache-control"] == "no-store"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["x-content-type-options"] == "nosniff"
    style = re.search(r'href="(/static/foyer\.[^"]+)"', theirs.get("/en/").text)
    assert "immutable" in theirs.get(style[1]).headers["cache-control"]


@pytest.mark.parametrize(
    "address",
    ["/en/statistics/no.such", "/de/", "/en/rounds/none", "/en/outbox/99", "/en/outbox/x",
     "/static/x.css", "/favicon.ico", "/docs", "/openapi.json"],
)  # fmt: skip
def test_what_is_not_there_is_a_problem_with_its_code(theirs, address):
    answer = theirs.get(address, headers={"accept-language": "en"})
    assert answer.status_code == 404
    assert "not-found" in answer.text


def test_a_machine_gets_its_problem_as_a_document(theirs):
    answer = theirs.get("/api/v1/rounds/none")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:foyer:problem:not-found"


def test_nothing_can_be_changed_by_who_is_not_signed_in(theirs):
    assert theirs.post("/en/status").status_code == 401
    assert theirs.send("HEAD", "/en/status").status_code == 200


def test_without_an_import_the_pages_are_there_and_say_so(tmp_path):
    config = make_local_node(tmp_path)
    config.path("store.duckdb").unlink()
    site = site_of(config)
    assert "No round has been released yet." in text_of(site.get("/en/"))
    assert "Nothing has been imported" in text_of(site.get("/en/status"))
    assert site.get("/en/statistics/volume.bookers").status_code == 404
    assert site.get("/api/v1/overview").json()["figures"] == []


def test_a_damaged_ledger_costs_no_page_and_is_said_on_the_status(tmp_path):
    config = make_local_node(tmp_path)
    release_with(config, plan_for("season-2026"))
    ledger = config.path("ledger.jsonl")
    ledger.write_bytes(ledger.read_bytes().replace(b"season-2026", b"season-2025", 1))
    site = site_of(config, look=examine)
    assert "includes yours" not in text_of(site.get("/en/statistics/volume.bookers"))
    assert "Needs attention." in text_of(site.get("/en/status"))


def test_a_line_that_the_node_is_writing_is_left_alone(tmp_path):
    path = tmp_path / "index.jsonl"
    path.write_bytes(b"one\ntwo\nhal")
    assert whole_lines(path) == [b"one", b"two"]
    assert path.read_bytes() == b"one\ntwo\nhal"
    assert whole_lines(tmp_path / "none") == []


def test_an_answer_is_kept_until_the_next_import(alone, tmp_path):
    node = LocalFiles(alone, today=lambda: TODAY, look=lambda _: WELL)
    first = node.own(("volume.bookers",), YEAR)
    assert node.own(("volume.bookers",), YEAR) is first
    store = alone.path("store.duckdb")
    later = store.stat().st_mtime_ns + 10**9
    os.utime(store, ns=(later, later))
    assert node.own(("volume.bookers",), YEAR) is not first


def test_two_can_read_the_store_of_one_process_at_once(alone):
    with reading_store(alone) as one, reading_store(alone) as other:
        assert one.data_until() == other.data_until()
