"""Third schema step: the canonical model of the data model's section C.1.

Ids become UUIDs (16 bytes instead of 32), and the large tables lose their primary keys:
their indices cost more memory than the rows, and the merge keeps ids single anyway.
"""

from foyer_node.adapters.view_steps import VIEWS

_NEW = (
    # One row, of the settings that views read. `DuckDBStore.open` keeps it as in node.toml.
    """CREATE TABLE institution (
        slug VARCHAR NOT NULL, name VARCHAR NOT NULL, institution_type VARCHAR NOT NULL,
        size_band VARCHAR NOT NULL, country VARCHAR NOT NULL, timezone VARCHAR NOT NULL,
        currency VARCHAR NOT NULL, mature_lag_days INTEGER NOT NULL,
        consent_needed BOOLEAN NOT NULL)""",
    # By name in all sources, so that a counter and a ticket meet at a venue.
    """CREATE TABLE venue (
        venue_id UUID PRIMARY KEY, name VARCHAR NOT NULL,
        country VARCHAR, municipality VARCHAR, nuts3 VARCHAR)""",
    """CREATE TABLE production (
        production_id UUID PRIMARY KEY, source_system VARCHAR NOT NULL,
        title VARCHAR NOT NULL, discipline VARCHAR)""",
    """CREATE TABLE price_type (
        price_type_id UUID PRIMARY KEY, source_system VARCHAR NOT NULL,
        label VARCHAR NOT NULL, price_class VARCHAR NOT NULL)""",
    """CREATE TABLE consent (
        visitor_id UUID NOT NULL, purpose VARCHAR NOT NULL, status VARCHAR NOT NULL,
        captured_at TIMESTAMP NOT NULL, source_system VARCHAR NOT NULL)""",
    """CREATE TABLE counter_reading (
        source_system VARCHAR NOT NULL, batch_id VARCHAR NOT NULL, venue_id UUID NOT NULL,
        starts_at TIMESTAMP NOT NULL, ends_at TIMESTAMP NOT NULL, count_in BIGINT NOT NULL,
        count_out BIGINT NOT NULL, method VARCHAR NOT NULL, is_estimate BOOLEAN NOT NULL)""",
    """CREATE TABLE membership (
        membership_id UUID NOT NULL, source_system VARCHAR NOT NULL, batch_id VARCHAR NOT NULL,
        visitor_id UUID, kind VARCHAR NOT NULL, scheme VARCHAR NOT NULL, level VARCHAR NOT NULL,
        starts_on DATE NOT NULL, ends_on DATE, price_minor BIGINT NOT NULL,
        currency VARCHAR NOT NULL, renews BOOLEAN, status VARCHAR NOT NULL)""",
    """CREATE TABLE donation (
        donation_id UUID NOT NULL, source_system VARCHAR NOT NULL, batch_id VARCHAR NOT NULL,
        visitor_id UUID, given_at TIMESTAMP NOT NULL, amount_minor BIGINT NOT NULL,
        currency VARCHAR NOT NULL, kind VARCHAR NOT NULL, campaign VARCHAR NOT NULL,
        channel VARCHAR NOT NULL)""",
    """CREATE TABLE touchpoint (
        touch_id UUID NOT NULL, source_system VARCHAR NOT NULL, batch_id VARCHAR NOT NULL,
        visitor_id UUID, touched_at TIMESTAMP NOT NULL, stage VARCHAR NOT NULL,
        event_name VARCHAR NOT NULL, channel VARCHAR NOT NULL)""",
    # What people decided about a word of an export: see `Ruling` in ports.
    """CREATE TABLE mapping_rule (
        source_system VARCHAR NOT NULL, kind VARCHAR NOT NULL, label VARCHAR NOT NULL,
        code VARCHAR NOT NULL, decided_at TIMESTAMP NOT NULL,
        PRIMARY KEY (source_system, kind, label))""",
    """CREATE TABLE quality_report (
        batch_id VARCHAR NOT NULL, metric VARCHAR NOT NULL, value DOUBLE NOT NULL)""",
    # Orders of erased visitors, by the id that an import would give them.
    "CREATE TABLE suppressed_order (order_id UUID PRIMARY KEY)",
    "ALTER TABLE import_batch ADD COLUMN kind VARCHAR DEFAULT 'sales'",
    "ALTER TABLE import_batch ADD COLUMN header VARCHAR DEFAULT '[]'",  # JSON, for a replay
    "ALTER TABLE import_batch ADD COLUMN reading VARCHAR DEFAULT '{}'",  # JSON, for a replay
)

_VISITOR = (
    "CREATE TEMP TABLE visitor_2 AS SELECT * FROM visitor",
    "DROP TABLE visitor",
    """CREATE TABLE visitor (
        visitor_id UUID NOT NULL, visitor_kind VARCHAR NOT NULL, is_staff BOOLEAN NOT NULL,
        is_test BOOLEAN NOT NULL, opted_out BOOLEAN NOT NULL, birth_year INTEGER,
        gender VARCHAR, residence_country VARCHAR, residence_municipality VARCHAR,
        residence_nuts3 VARCHAR, distance_km DECIMAL(6, 1),
        first_seen_on DATE NOT NULL, last_seen_on DATE NOT NULL)""",
    """INSERT INTO visitor
        SELECT visitor_id::UUID, visitor_kind, is_staff, false, false, birth_year,
            NULL, NULL, NULL, NULL, NULL, min(o.ordered_at)::DATE, max(o.ordered_at)::DATE
        FROM visitor_2 JOIN "order" o USING (visitor_id) GROUP BY ALL""",
    "DROP TABLE visitor_2",
)

_EVENT = (
    "CREATE TEMP TABLE event_2 AS SELECT * FROM event",
    "DROP TABLE event",
    """CREATE TABLE event (
        event_id UUID PRIMARY KEY, source_system VARCHAR NOT NULL, production_id UUID NOT NULL,
        venue_id UUID, name VARCHAR NOT NULL, starts_at TIMESTAMP, capacity INTEGER,
        event_status VARCHAR NOT NULL, exclude_reason VARCHAR)""",
    """INSERT INTO event
        SELECT event_id::UUID, source_system, md5(concat_ws(chr(31), source_system, name))::UUID,
            NULL, name, starts_at, NULL, 'EventScheduled', exclude_reason FROM event_2""",
    """INSERT INTO production
        SELECT DISTINCT production_id, source_system, name, NULL FROM event""",
    "DROP TABLE event_2",
)

_SALES = (
    'CREATE TEMP TABLE order_2 AS SELECT * FROM "order"',
    'DROP TABLE "order"',
    """CREATE TABLE "order" (
        order_id UUID NOT NULL, source_system VARCHAR NOT NULL, batch_id VARCHAR NOT NULL,
        detail TINYINT NOT NULL, visitor_id UUID, ordered_at TIMESTAMP NOT NULL,
        channel VARCHAR NOT NULL, channel_label VARCHAR, currency VARCHAR NOT NULL,
        territory VARCHAR NOT NULL, is_group BOOLEAN NOT NULL, is_aggregate BOOLEAN NOT NULL)""",
    """INSERT INTO "order"
        SELECT order_id::UUID, source_system, batch_id, detail, visitor_id::UUID, ordered_at,
            channel, NULL, currency, territory, is_group, false FROM order_2""",
    "DROP TABLE order_2",
    "CREATE TEMP TABLE ticket_2 AS SELECT * FROM ticket",
    "DROP TABLE ticket",
    """CREATE TABLE ticket (
        order_id UUID NOT NULL, line_number BIGINT NOT NULL, line_key UUID, event_id UUID NOT NULL,
        batch_id VARCHAR NOT NULL, quantity INTEGER NOT NULL, paid_minor BIGINT NOT NULL,
        face_minor BIGINT, fee_minor BIGINT NOT NULL, settlement_minor BIGINT,
        ticket_status VARCHAR NOT NULL, price_type_id UUID, price_class VARCHAR NOT NULL,
        mode_of_sale VARCHAR NOT NULL, promo VARCHAR, package_key UUID, is_comp BOOLEAN NOT NULL,
        admissions INTEGER NOT NULL, is_estimate BOOLEAN NOT NULL, scanned_at TIMESTAMP,
        replaces_key UUID, first_ordered_at TIMESTAMP, exclude_reason VARCHAR)""",
    """INSERT INTO ticket
        SELECT order_id::UUID, line_number, NULL, event_id::UUID, batch_id, quantity, paid_minor,
            NULL, 0, NULL, ticket_status, NULL, price_class, 'SINGLE', NULL, NULL,
            starts_with(price_class, 'COMP_'), quantity, false, scanned_at, NULL, NULL,
            exclude_reason
        FROM ticket_2""",
    "DROP TABLE ticket_2",
)

CANONICAL_MODEL: tuple[str, ...] = (
    "DROP VIEW eligible_line", *_NEW, *_VISITOR, *_EVENT, *_SALES, *VIEWS,
)  # fmt: skip
