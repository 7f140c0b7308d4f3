"""A coordinator that is killed finds every write that had returned, and no half of one."""

import signal
import subprocess
import sys
from dataclasses import replace

from tests.support.simulated_round import simulated_round

from foyer_coordinator.adapters.database_rounds import DatabaseRounds
from foyer_protocol.rounds.phases import Phase

WRITER = """
import sys
from dataclasses import replace
from foyer_coordinator.adapters.database import Database
from foyer_coordinator.adapters.database_rounds import DatabaseRounds

rounds = DatabaseRounds(Database(sys.argv[1]))
(full,) = rounds.sums_of("round-2026")
names = sorted(full.reports)
for turn in range(1_000_000):
    kept = names[: 1 + turn % len(names)]
    reports = {name: full.reports[name] for name in kept}
    rounds.save_sum(replace(full, reports=reports, chosen=tuple(kept), reason=f"turn-{turn}"))
    print(turn, flush=True)
"""


def test_a_killed_writer_leaves_whole_sums_and_nothing_that_returned_is_lost(database, url):
    done = simulated_round()
    rounds = DatabaseRounds(database)
    rounds.add_round(done.plan, 1)
    rounds.save_sum(replace(done.figures, phase=Phase.REPORTING))
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, url], stdout=subprocess.PIPE, text=True
    ) as writer:
        for _ in range(10):
            writer.stdout.readline()
        writer.send_signal(signal.SIGKILL)
        said = [line for line in writer.stdout.read().splitlines() if line.isdigit()]
    last = int(said[-1]) if said else 9
    (found,) = rounds.sums_of("round-2026")
    turn = int(found.reason.removeprefix("turn-"))
    assert turn in (last, last + 1)  # the one after may have been written and not yet said
    assert len(found.reports) == 1 + turn % 6
    assert found.chosen == tuple(sorted(found.reports))
