"""Promise: `foyer-node audit-report` opens a report of real imports, and shows no figure."""

import json
from fractions import Fraction

import pytest
from tests.support.local_node import make_local_node, plan_for
from typer.testing import CliRunner

from foyer_node.adapters.key_files import read_keys
from foyer_node.app import contribution_of, open_openings
from foyer_node.cli import app
from foyer_node.config import Policy
from foyer_protocol.catalogue.contribution import Contribution
from foyer_protocol.crypto.randomness import system_entropy
from foyer_protocol.dp.ledger import Ledger, charge
from foyer_protocol.messages.codec import read_fraction
from foyer_protocol.rounds.kinds import figures
from foyer_protocol.rounds.kinds.kind import vector_of
from foyer_protocol.rounds.node import make_openable_report
from foyer_protocol.simulate import NOON, make_network

JOB = "0d" * 16


def audit(config, *more):
    return CliRunner().invoke(app, ["audit-report", JOB, "--dir", str(config.folder), *more])


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    """A node whose policy keeps openings, though it kept none yet."""
    config = make_local_node(tmp_path_factory.mktemp("audited"))
    settings = config.folder / "node.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("[policy]", "[policy]\nkeep_openings_days = 30"), "utf-8")
    return config.model_copy(update={"policy": Policy(keep_openings_days=30)})


def send(config, values=None):
    """Keep what opens a report of the node's data, or of `values` instead."""
    keys, plan = read_keys(config.path("keys")), plan_for("season-2026")
    true = contribution_of(config, plan)
    name = config.institution.slug
    roster, _ = make_network(dict.fromkeys(("aros", "ccb", "dox", name), true))
    job = figures.make_job(plan, roster, job_id=JOB, reports_until=NOON, expires_at=NOON + 60)
    ledger = charge(
        Ledger(),
        job_id=JOB,
        round_id=plan.round_id,
        rho=read_fraction(job.rho),
        period="2026",
        cap=Fraction(10),
    )
    told = Contribution(values=values or true.values, contributes=true.contributes)
    vector = vector_of(job, told, system_entropy)
    report, seeds = make_openable_report(
        job, roster, keys.identity, name, vector, ledger, system_entropy
    )
    open_openings(config, keys).keep(job, report, told, vector, seeds)
    return true


def test_what_was_never_kept_cannot_be_opened(node):
    done = audit(node)
    assert done.exit_code == 10
    assert "keep_openings_days" in done.output


def test_a_true_report_holds_and_no_figure_is_printed(node):
    true = send(node)
    done = audit(node, "--as", "json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    assert told["passed"] is True
    assert set(told) == {"job_id", "round_id", "header", "holds", "changed", "passed"}
    sums = {str(n) for values in true.values.values() for n in values if n >= 1000}
    assert sums
    assert not any(number in done.output.replace(told["header"], "") for number in sums)


def test_a_report_of_invented_figures_does_not(node):
    true = contribution_of(node, plan_for("season-2026"))
    send(node, {leaf: tuple(n + 1 for n in values) for leaf, values in true.values.items()})
    done = audit(node)
    assert done.exit_code == 1
    assert "NO   the figures are what the data here give now" in done.output
