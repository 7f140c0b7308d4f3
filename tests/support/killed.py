"""What a coordinator still has after kill -9."""

import pickle
from dataclasses import replace

from foyer_protocol.messages.report import Report
from foyer_protocol.rounds.coordinator import SumState


def saved(state: SumState) -> SumState:
    """The state from bytes alone; reports as they came off the wire."""
    reports = {name: Report.from_bytes(one.to_bytes()) for name, one in state.reports.items()}
    kept: SumState = pickle.loads(pickle.dumps(replace(state, reports=reports)))
    return kept
