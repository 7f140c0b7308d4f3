"""The store's tables, as an ordered list of steps that is only ever appended to."""

from foyer_node.adapters.schema_third import CANONICAL_MODEL
from foyer_node.adapters.view_steps import LOCAL_DAYS, OWN_CONSENT

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE import_batch (
            batch_id VARCHAR PRIMARY KEY, file_sha256 VARCHAR NOT NULL,
            source_system VARCHAR NOT NULL, connector VARCHAR NOT NULL, currency VARCHAR NOT NULL,
            applied_at TIMESTAMP NOT NULL, history_from DATE NOT NULL,
            row_count BIGINT NOT NULL, rejected_count BIGINT NOT NULL, report VARCHAR NOT NULL)""",
        """CREATE TABLE quarantine (
            batch_id VARCHAR NOT NULL, row_number BIGINT NOT NULL,
            reason VARCHAR NOT NULL, column_name VARCHAR NOT NULL)""",
        """CREATE TABLE visitor (
            visitor_id VARCHAR PRIMARY KEY, visitor_kind VARCHAR NOT NULL,
            is_staff BOOLEAN NOT NULL, birth_year INTEGER)""",
        """CREATE TABLE event (
            event_id VARCHAR PRIMARY KEY, source_system VARCHAR NOT NULL,
            name VARCHAR NOT NULL, starts_at TIMESTAMP, exclude_reason VARCHAR)""",
        # Quoted, for ORDER is a word of SQL and the data model's word for the table.
        """CREATE TABLE "order" (
            order_id VARCHAR PRIMARY KEY, source_system VARCHAR NOT NULL,
            batch_id VARCHAR NOT NULL, detail TINYINT NOT NULL, visitor_id VARCHAR,
            ordered_at TIMESTAMP NOT NULL, channel VARCHAR NOT NULL, currency VARCHAR NOT NULL,
            territory VARCHAR NOT NULL, is_group BOOLEAN NOT NULL)""",
        """CREATE TABLE ticket (
            order_id VARCHAR NOT NULL, line_number BIGINT NOT NULL, event_id VARCHAR NOT NULL,
            batch_id VARCHAR NOT NULL, quantity INTEGER NOT NULL, paid_minor BIGINT NOT NULL,
            ticket_status VARCHAR NOT NULL, price_class VARCHAR NOT NULL, scanned_at TIMESTAMP,
            exclude_reason VARCHAR)""",
        """CREATE VIEW eligible_line AS
        SELECT
            coalesce(o.visitor_id, 'o:' || o.order_id) AS unit,
            o.visitor_id AS visitor,
            NOT o.is_group AND coalesce(v.visitor_kind, 'PERSON') = 'PERSON' AS person,
            o.order_id AS "order",
            o.ordered_at AS ordered_at,
            e.starts_at AS event_at,
            t.quantity AS quantity,
            t.paid_minor AS paid_minor,
            o.channel IN ('WEB', 'APP') AS online,
            o.territory AS territory
        FROM ticket t
        JOIN "order" o ON o.order_id = t.order_id
        JOIN event e ON e.event_id = t.event_id
        LEFT JOIN visitor v ON v.visitor_id = o.visitor_id
        WHERE t.ticket_status IN ('SOLD', 'CHECKED_IN')
          AND t.price_class <> 'COMP_STAFF'
          AND t.exclude_reason IS NULL
          AND e.exclude_reason IS NULL
          AND NOT coalesce(v.is_staff, false)""",
    ),
    # Contributor flags are decided from what an import provides and covers. An import made
    # before these columns existed is read off its report, which names fields and last order.
    (
        "ALTER TABLE import_batch ADD COLUMN covered_until DATE",
        "ALTER TABLE import_batch ADD COLUMN provides VARCHAR",  # words, parted by a blank
        r"""UPDATE import_batch SET
            covered_until = greatest(history_from, coalesce(date_trunc('month', try_cast(
                regexp_extract(report, '"last_order": "(\d{4}-\d{2}-\d{2})"', 1) AS DATE))
                + INTERVAL 1 MONTH, history_from)),
            provides = concat_ws(' ',
                CASE WHEN regexp_matches(report, '"field": "(email|customer_key)"')
                    THEN 'visitor_key' END,
                CASE WHEN regexp_matches(report, '"field": "event_at"')
                    THEN 'event_time' END,
                CASE WHEN regexp_matches(report, '"field": "postcode(_2)?"')
                    THEN 'postcode' END,
                CASE WHEN regexp_matches(report, '"field": "channel"')
                    THEN 'channel' END)""",
    ),
    CANONICAL_MODEL,
    LOCAL_DAYS,
    OWN_CONSENT,
)
"""`MIGRATIONS[n]` brings a store from schema version n to n + 1."""
