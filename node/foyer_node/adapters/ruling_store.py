"""The table of rulings, and what a ruling changes in the store."""

from datetime import UTC, datetime

from foyer_node.adapters.duckdb_store import DuckDBStore
from foyer_node.adapters.merge_steps import IS_COMP, REGROUP
from foyer_node.importing.rulings import Ruling, Undecided
from foyer_node.ruling_kinds import RulingKind

_OF_LABEL = """price_type_id IN (SELECT price_type_id FROM price_type
    WHERE source_system = $source_system AND label = $label)"""

_APPLY: dict[RulingKind, tuple[str, ...]] = {
    RulingKind.CHANNEL: (
        """UPDATE "order" SET channel = $code
           WHERE source_system = $source_system AND channel_label = $label""",
    ),
    RulingKind.PRICE_CLASS: (
        """UPDATE price_type SET price_class = $code
           WHERE source_system = $source_system AND label = $label""",
        f"UPDATE ticket SET price_class = $code WHERE {_OF_LABEL}",
        f"UPDATE ticket SET is_comp = {IS_COMP} WHERE {_OF_LABEL}",
        # A price for groups makes its orders groups, and the other way round (R13).
        f"""CREATE OR REPLACE TEMP TABLE stage AS
            SELECT DISTINCT order_id FROM ticket WHERE {_OF_LABEL}""",
        REGROUP,
        "DROP TABLE stage",
    ),
    RulingKind.DISCIPLINE: (
        """UPDATE production SET discipline = $code
           WHERE source_system = $source_system AND title = $label""",
    ),
    RulingKind.EXCLUSION: (
        """UPDATE event SET exclude_reason = nullif($code, 'NONE')
           WHERE source_system = $source_system AND name = $label""",
    ),
    RulingKind.EVENT_STATUS: (
        """UPDATE event SET event_status = $code
           WHERE source_system = $source_system AND name = $label""",
    ),
}

_UNDECIDED = """
    SELECT o.source_system, 'CHANNEL', o.channel_label, sum(t.quantity)
    FROM "order" o JOIN ticket t USING (order_id)
    WHERE o.channel = 'UNKNOWN' AND o.channel_label IS NOT NULL GROUP BY ALL
    UNION ALL
    SELECT p.source_system, 'PRICE_CLASS', p.label, sum(t.quantity)
    FROM price_type p JOIN ticket t USING (price_type_id)
    WHERE p.price_class = 'OTHER' GROUP BY ALL
    UNION ALL
    SELECT p.source_system, 'DISCIPLINE', p.title, sum(t.quantity)
    FROM production p JOIN event e USING (production_id) JOIN ticket t USING (event_id)
    WHERE p.discipline IS NULL GROUP BY ALL
    ORDER BY 2, 4 DESC, 1, 3"""


class RulingTable:
    """The part of an open store that keeps what people decided."""

    def __init__(self, store: DuckDBStore, group_size: int = 10) -> None:
        self._store = store
        self._group_size = group_size

    def rule(self, ruling: Ruling) -> None:
        """Keep a ruling instead of an earlier one on the word, and apply it."""
        values: dict[str, object] = {
            "source_system": ruling.source_system,
            "label": ruling.label,
            "code": ruling.meaning,
            "group_size": self._group_size,
        }
        with self._store.transaction() as run:
            run(
                """INSERT INTO mapping_rule VALUES (?, ?, ?, ?, ?)
                   ON CONFLICT (source_system, kind, label) DO UPDATE SET
                       code = excluded.code, decided_at = excluded.decided_at""",
                [
                    ruling.source_system, ruling.kind.value, ruling.label, ruling.meaning,
                    datetime.now(UTC).replace(tzinfo=None),
                ],
            )  # fmt: skip
            for step in _APPLY[ruling.kind]:
                used = {name: value for name, value in values.items() if f"${name}" in step}
                run(step, used or None)

    def undecided(self) -> list[Undecided]:
        """Words of sales in the store that no code list knows, the commonest first."""
        with self._store.transaction() as run:
            rows = run(_UNDECIDED).fetchall()
        return [
            Undecided(source_system=source, kind=RulingKind(kind), label=label, tickets=tickets)
            for source, kind, label, tickets in rows
        ]
