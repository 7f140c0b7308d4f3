"""What rounds have cost, read off the sums that were asked for and the certificates of some."""

from collections.abc import Sequence

from sqlalchemy import select

from foyer_coordinator.adapters.database import Database
from foyer_coordinator.adapters.database_tables import ABORT_CERTIFICATE, SUM
from foyer_coordinator.ports import Charged
from foyer_protocol.messages.plan import Job
from foyer_protocol.messages.roster import Roster


class DatabaseCharges:
    """Implements `ports.ChargeBook`. Reads no report: those are large."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def charges(self) -> Sequence[Charged]:
        """Every sum, oldest round first."""
        certified = ABORT_CERTIFICATE.c.job_id
        wanted = (
            select(SUM.c.round_id, SUM.c.job, SUM.c.roster, certified)
            .join(ABORT_CERTIFICATE, certified == SUM.c.job_id, isouter=True)
            .order_by(SUM.c.round_id, SUM.c.position)
        )
        with self._database.reading() as connection:
            return [
                Charged(
                    round_id=round_id,
                    job=Job.from_json(job.encode()),
                    period=Roster.from_json(roster.encode()).period,
                    is_given_back=certificate is not None,
                )
                for round_id, job, roster, certificate in connection.execute(wanted)
            ]
