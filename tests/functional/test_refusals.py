"""What the operator, an applicant or another network's node may not do, end to end."""

import shutil
from datetime import UTC, datetime

import pytest
from tests.functional.conftest import ROUNDS, Recorded
from tests.support.network import until

from foyer_coordinator import setup
from foyer_coordinator.app import open_secrets
from foyer_coordinator.config import read_config
from foyer_demo.network import DemoNetwork
from foyer_node.enrolment import request_certificate
from foyer_protocol.errors import ConfigError
from foyer_protocol.ids import InstitutionId
from foyer_protocol.rounds.phases import Phase

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]


def refused(command, *words: str, status: int, code: str) -> str:
    """Run a command that must be refused with this exit status and code; its words."""
    with pytest.raises(ConfigError) as refusal:
        command(*words)
    assert f"ended with {status}:" in refusal.value.message
    assert f"[{code}]" in refusal.value.message
    return refusal.value.message


def test_the_same_round_is_neither_launched_nor_proposed_twice(recorded: Recorded):
    network, name = recorded.network, ROUNDS[0]
    release, sums = network.rounds.release(name), network.sums(name)
    said = refused(network.demo.command, "round", "launch", name, status=20, code="protocol-misuse")
    assert "it was not launched again" in said
    period = ("2025-07-01", "2026-07-01")
    refused(
        network.demo.command, "round", "propose", name, *period, status=20, code="protocol-misuse"
    )
    assert network.phase(name) is Phase.RELEASED
    assert (network.rounds.release(name), network.sums(name)) == (release, sums)


def test_an_unknown_round_is_not_launched_and_an_unknown_statistic_not_planned(recorded):
    network = recorded.network
    known = len(network.rounds.rounds())
    refused(network.demo.command, "round", "launch", "no-such-round", status=10, code="config")
    refused(
        network.demo.command,
        *("round", "propose", "odd", "2025-07-01", "2026-07-01", "--statistic", "volume.ghosts"),
        status=23,
        code="catalogue-mismatch",
    )
    assert len(network.rounds.rounds()) == known


def make_node(demo: DemoNetwork, folder: str, slug: str) -> None:
    facts = ("--name", "Latecomer", "--country", "DK", "--timezone", "Europe/Copenhagen")
    demo.node_command(folder, "init", slug, *facts)


def test_a_code_is_good_once_and_only_for_the_institution_it_names(recorded, prepared):
    demo = recorded.network.demo
    (line,) = setup.make_invitations(demo.home, ["late-house"])
    for folder in ("late-house", "second-house"):
        make_node(demo, folder, "late-house")
    demo.node_command("late-house", "enrol", line)
    refused(
        lambda *words: demo.node_command("second-house", *words),
        "enrol",
        line,
        status=11,
        code="enrolment-refused",
    )
    assert not (demo.node_folder("second-house") / "network.json").exists()
    known = recorded.serving.books.members.institutions()
    assert sorted(one.slug for one in known) == sorted([*prepared.slugs, "late-house"])


def test_a_certificate_of_another_network_opens_neither_port(recorded, tmp_path):
    """The other network vouches for an institution of ours, with that institution's own key."""
    network, slug = recorded.network, recorded.network.others[0]
    other = tmp_path / "other"
    setup.make_coordinator(other, "other-net", tmp_path / "governance.key", "", "EUR")
    intruder = network.folder("intruder")
    shutil.copytree(network.folder(slug), intruder)
    for left in ("fleet.session", "pages.url"):
        (intruder / left).unlink(missing_ok=True)
    request = request_certificate((intruder / "keys" / "transport.key").read_bytes())
    authority = open_secrets(read_config(other)).authority
    certificate = authority.issue(request, InstitutionId(slug), datetime.now(UTC))
    (intruder / "keys" / "client.pem").write_text(certificate, encoding="ascii")
    before = knocks(recorded)
    network.demo.start_node("intruder")
    until(lambda: "the coordinator cannot be reached" in network.log("intruder"), "a refusal")
    until((intruder / "pages.url").exists, "its own pages")
    network.end("intruder")
    assert knocks(recorded) == before
    assert "connected to the coordinator" not in network.log("intruder")


def knocks(recorded: Recorded) -> int:
    """How often anybody came online or opened a stream."""
    doors = ("activate-node", "Stream")
    return sum(where.endswith(doors) for where, _ in recorded.received)
