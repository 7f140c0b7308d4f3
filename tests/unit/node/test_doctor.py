"""Promise: the doctor has something to say of any node, soon, and stops at no broken part."""

import inspect
import json
import os
import threading
import time
from contextlib import ExitStack
from datetime import timedelta

import pytest
from tests.support.certificates import ThrowAwayAuthority
from tests.support.damaged_nodes import copy_of, damages, enrol, files_of, make_whole_node
from tests.support.local_node import FACTS
from tests.support.troubled_doors import door, inspecting, mute, tls
from typer.testing import CliRunner

from foyer_node.adapters.database import open_database
from foyer_node.calling import look_at_network
from foyer_node.cli import app
from foyer_node.config import read_config
from foyer_node.doctor import LOOKS, Mark, examine_folder
from foyer_node.doctoring.findings import finding
from foyer_node.doctoring.looking import Look, look_at_all
from foyer_node.doctoring.machine import STORE_BYTES
from foyer_node.setup import make_node
from foyer_node.support.bundle import collect
from foyer_protocol.errors import StorageError
from foyer_web.check_texts import LABELS


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return make_whole_node(tmp_path_factory.mktemp("whole"))


def found_in(findings):
    return {one.name: (one.mark, one.code) for one in findings.all}


def test_a_node_whose_network_is_away_is_broken_there_and_nowhere_else(whole):
    found = found_in(examine_folder(whole.folder))
    broken = {name for name, (mark, _) in found.items() if mark is Mark.BROKEN}
    assert broken == {"control", "fleet"}
    assert found["control"] == (Mark.BROKEN, "port-refused")
    assert found["keys"] == (Mark.GOOD, "keys-private")
    assert found["encryption"] == (Mark.GOOD, "encrypted-key-here")
    assert found["quarantine"] == (Mark.GOOD, "quarantine-none")
    assert found["version"] == (Mark.GOOD, "version-same")
    assert found["certificate"] == (Mark.LOOK, "certificate-ends")
    assert set(found) <= set(LABELS)
    assert set(LOOKS) <= set(LABELS)


@pytest.mark.parametrize("damage", damages().values(), ids=damages())
def test_no_broken_file_stops_the_doctor_or_the_bundle(whole, tmp_path, damage):
    """Every file that is read, broken in one way: one after the other."""
    for number, place in enumerate(files_of(whole.folder)):
        if place.parts[0] in {"outbox", "releases"} and place.name != "index.jsonl":
            continue  # kept for people, and read by neither
        folder = copy_of(whole.folder, tmp_path / str(number))
        damage(folder / place)
        made = collect(folder)
        doctor = json.loads(made.members["doctor.json"])
        assert doctor["status"] in {1, 2}, place
        assert {one["name"] for one in doctor["findings"]} >= {"disk", "keys", "history"}, place
        assert len(made.members) == 10, place


def test_a_folder_that_is_not_there_is_said_to_have_no_settings(tmp_path):
    findings = examine_folder(tmp_path / "nothing")
    assert found_in(findings)["settings"] == (Mark.BROKEN, "settings-missing")
    assert not (tmp_path / "nothing").exists(), "and nothing is made"


def test_a_broken_setting_is_named_and_the_store_is_left_alone(whole, tmp_path):
    folder = copy_of(whole.folder, tmp_path / "node")
    (folder / "node.toml").write_text("[institution]\nslag = 'kanal'\n")
    before = (folder / "store.duckdb").read_bytes()
    findings = examine_folder(folder)
    (said,) = (one for one in findings.all if one.name == "settings")
    assert (said.mark, said.code) == (Mark.BROKEN, "settings-wrong")
    assert "slug" in said.text
    assert "data" not in found_in(findings)
    assert (folder / "store.duckdb").read_bytes() == before


def test_looks_that_hang_or_fail_hide_no_other():
    never = threading.Event()

    def hangs():
        never.wait(30)
        yield finding("disk", Mark.GOOD, "disk-free", free=1)

    def fails():
        yield finding("keys", Mark.GOOD, "keys-private")
        raise ValueError("canary-7f3a")

    def refuses():
        raise StorageError("the chain is broken")
        yield

    looks = [Look(name=name, at=at) for name, at in (
        ("network", hangs), ("keys", fails), ("ledger", refuses), ("sources", lambda: ()),
        ("policy", lambda: [finding("policy", Mark.GOOD, "policy-open")]),
    )]  # fmt: skip
    found = look_at_all(looks, seconds=0.5)
    never.set()
    assert [(one.name, one.code) for one in found] == [
        ("network", "no-answer"),
        ("keys", "keys-private"),
        ("keys", "cannot-look"),
        ("ledger", "storage"),
        ("policy", "policy-open"),
    ]
    assert "canary" not in repr(found), "an error is said by its name and place only"


@pytest.fixture
def enrolled(tmp_path):
    """A new node, and an authority whose certificates it believes."""
    make_node(tmp_path / "node", **FACTS)
    return read_config(tmp_path / "node"), ThrowAwayAuthority(tmp_path / "ca", "Nordic")


def test_a_clock_that_is_wrong_is_found_by_asking(enrolled):
    config, authority = enrolled
    with ExitStack() as doors:
        ports = [
            doors.enter_context(door(tls(authority.issue(name, server=True), ahead)))
            for name, ahead in (("control", timedelta(0)), ("fleet", timedelta(minutes=-9)))
        ]
        enrol(config, authority, *ports)
        found = {one.name: one for one in examine_folder(config.folder).all}
    assert found["control"].code == found["fleet"].code == "answers"
    assert (found["clock"].mark, found["clock"].code) == (Mark.BROKEN, "clock-off")
    assert abs(found["clock"].values["seconds"] - 540) < 60
    assert found["dns"].code == "dns-answers"


def test_an_inspecting_network_is_named_on_the_command_line(enrolled, tmp_path):
    config, authority = enrolled
    firewall = ThrowAwayAuthority(tmp_path / "firewall", "Musterstadt Web Gateway")
    with door(inspecting(firewall.issue("localhost", server=True))) as port:
        enrol(config, authority, port, port)
        run = CliRunner().invoke(app, ["doctor", "--dir", str(config.folder)])
    assert run.exit_code == 2
    assert "made by Musterstadt Web Gateway" in run.output
    assert f"ask IT to exempt localhost:{port}." in run.output


def test_a_proxy_of_the_environment_is_dialled_instead(enrolled):
    config, authority = enrolled
    enrol(config, authority, 7001, 7002)
    facts = json.loads(config.path("network.json").read_text())
    for name in ("control_address", "fleet_address"):
        facts[name] = facts[name].replace("localhost", "coordinator.invalid")
    config.path("network.json").write_text(json.dumps(facts))
    heard = []

    def says_no(caller):
        heard.append(caller.recv(4096))
        caller.sendall(b"HTTP/1.1 403 Not for museums\r\n\r\n")

    with door(says_no) as port:
        found, skew = look_at_network(config, {"https_proxy": f"http://m:pw@127.0.0.1:{port}"})
    codes = {one.name: one.code for one in found}
    assert codes["control"] == codes["fleet"] == "proxy-refuses"
    assert codes["proxy"] == "proxy-used"
    assert "dns" not in codes, "the proxy looks the name up"
    assert skew is None
    assert len(heard) == 2
    assert "pw" not in repr(found)


def test_ten_seconds_are_enough_when_nothing_answers(enrolled):
    config, authority = enrolled
    with door(mute) as port:
        enrol(config, authority, port, port)
        began = time.monotonic()
        found = found_in(examine_folder(config.folder))
        assert time.monotonic() - began < 10
    assert found["control"] == found["fleet"] == (Mark.BROKEN, "port-cut")


def test_ten_seconds_are_enough_when_no_name_server_answers(enrolled, monkeypatch):
    config, authority = enrolled
    enrol(config, authority, 7001, 7002)
    facts = json.loads(config.path("network.json").read_text())
    facts |= {"control_address": "a.invalid:7001", "fleet_address": "b.invalid:7002"}
    config.path("network.json").write_text(json.dumps(facts))
    never = threading.Event()
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: never.wait(30) and [])
    began = time.monotonic()
    found = [one for one in examine_folder(config.folder).all if one.name == "dns"]
    assert time.monotonic() - began < 10
    never.set()
    assert [one.values["host"] for one in found] == ["a.invalid", "b.invalid"]
    assert {one.mark for one in found} == {Mark.BROKEN}


def test_rights_paused_policy_sources_and_keys_are_looked_at(enrolled):
    config, _ = enrolled
    config.path("keys", "identity.key").chmod(0o644)
    settings = config.path("node.toml").read_text().replace("# paused", "paused")
    settings += '\n[[sources]]\nname = "till"\nfolder = "in"\n'
    config.path("node.toml").write_text(settings)
    config.path("pulls.json").write_text('{"till": {"failures": 2}}')
    found = {one.name: one for one in examine_folder(config.folder).all}
    assert found["keys"].code == "keys-open"
    assert found["keys"].values["files"] == "identity.key"
    assert found["policy"].code == "policy-paused"
    assert found["sources"].values["names"] == "till"
    config.path("keys", "visitor.secret").unlink()
    assert found_in(examine_folder(config.folder))["keys"] == (Mark.BROKEN, "keys-missing")


def test_the_memory_that_is_asked_for_is_what_the_store_may_take():
    limit = inspect.signature(open_database).parameters["memory_limit"].default
    assert limit == f"{STORE_BYTES // 10**9}GB"


@pytest.mark.parametrize("words", [["--json"], ["--as", "json"]])
def test_a_machine_can_read_it_and_the_exit_status_is_in_it(enrolled, words):
    config, _ = enrolled
    run = CliRunner().invoke(app, ["doctor", "--dir", str(config.folder), *words])
    record = json.loads(run.stdout)
    assert run.exit_code == record["status"] == 1
    assert {"name", "mark", "code", "text", "advice", "values"} == set(record["findings"][0])


def test_the_doctor_writes_nothing(enrolled):
    config, authority = enrolled
    enrol(config, authority, 1, 1)

    def state():
        return {
            str(path): (path.stat().st_mtime_ns, path.stat().st_size)
            for path in config.folder.rglob("*")
        }

    before = state()
    examine_folder(config.folder)
    assert state() == before
    assert os.listdir(config.folder)
