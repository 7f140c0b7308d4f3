"""What the pages need to know of their node. Reading only: no page changes anything."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Protocol

from foyer_node.adapters.outbox_files import Sent
from foyer_node.config import NodeConfig
from foyer_node.doctor import Findings
from foyer_node.insight.house import House
from foyer_node.insight.own_figures import OwnFigure
from foyer_node.ports import BatchRecord
from foyer_node.sharing.before_noise import BeforeNoise
from foyer_protocol.catalogue.schema import Period
from foyer_protocol.messages.plan import Plan
from foyer_protocol.messages.release import Release


class LocalNode(Protocol):
    """One institution's node as its own people see it, enrolled or not."""

    @property
    def config(self) -> NodeConfig:
        """The node's settings."""

    def network(self) -> str:
        """Name of the network; empty before enrolment."""

    def members(self) -> int:
        """How many institutions the roster admits; 0 where there is none yet."""

    def releases(self) -> tuple[Release, ...]:
        """Every release that arrived, latest period first."""

    def plans(self) -> tuple[tuple[Plan, bool], ...]:
        """Every proposed plan that has no release, and whether it was paid for."""

    def given_back(self, round_id: str) -> bool:
        """Whether a charge of this round came back: it ended without a release."""

    def took_part(self, release: Release) -> bool:
        """Whether this institution is in the sum."""

    def last_year(self) -> Period | None:
        """The last twelve full months of its own data; None where nothing was imported."""

    def own(self, keys: tuple[str, ...], period: Period) -> Mapping[str, OwnFigure]:
        """Its exact figures, empty where the data cannot be read now."""

    def house(self) -> House | None:
        """What the house learns of itself today; None where nothing can be read."""

    def batches(self) -> tuple[BatchRecord, ...]:
        """Every import, latest first; empty where the data cannot be read now."""

    def findings(self) -> Findings | None:
        """What the doctor last found; None while it is still looking for the first time."""

    def budget(self) -> tuple[Fraction, Fraction]:
        """What was spent of the budget in its current period, and the cap, both zCDP."""

    def today(self) -> date:
        """The day, by the venue's clock."""

    def before_noise(self, number: int) -> BeforeNoise | None:
        """A report that left, before its noise and masks; None for any other message."""

    def sent(self) -> list[Sent]:
        """Everything that ever left, oldest first."""

    def content(self, number: int) -> bytes:
        """The exact bytes of one message that left."""
