"""This node's own look at what several rounds say together, before it pays for another.

It knows who was admitted to the rounds that it answered, and not who reported: the helpers,
who know that, look again (`foyer_protocol.rounds.helper.admit`).
"""

from collections.abc import Iterator

from foyer_node.ports import HistoryStore, RoundStore
from foyer_protocol.messages.plan import Job
from foyer_protocol.messages.roster import Roster, SignedRoster
from foyer_protocol.rounds.differencing import Seen, refuse_differencing, seen_of
from foyer_protocol.rounds.repeats import was_answered


def refuse_differences(store: RoundStore, history: HistoryStore, job: Job, roster: Roster) -> None:
    """Refuse figures that, less those of an earlier round, would be one institution's.

    Raises:
        CohortTooSmall: the members changed by one or two since. Nothing was charged.
    """
    if now := seen_of(job, roster, roster.signing_keys):
        refuse_differencing(now, _before(store, history, job))


def _before(store: RoundStore, history: HistoryStore, job: Job) -> Iterator[Seen]:
    ledger, announced = store.ledger(), history.history()
    for asked in store.questions():
        kept = store.job(asked.job_id) if asked.job_id != job.job_id else None
        if kept is None or not was_answered(asked, ledger, announced):
            continue
        roster = SignedRoster.from_bytes(kept[1]).roster
        if seen := seen_of(Job.from_json(kept[0]), roster, roster.signing_keys):
            yield seen
