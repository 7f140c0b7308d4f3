"""How one batch of order lines gets from the stage into the tables, in one transaction.

`STAGE` is the seam: whatever fills it, line by line or in bulk, the merge is the same.
Text columns hold NULL and never "". Ids are UUIDs: an order's, a line's and a package's
from a keyed hash, an event's from `columns.event_key`, a visitor's from the vault.
"""

STAGE = """CREATE OR REPLACE TEMP TABLE stage (
    row_number BIGINT, order_id UUID, line_key UUID, replaces_key UUID, package_key UUID,
    ordered_at TIMESTAMP, event_id UUID, event_name VARCHAR, event_at TIMESTAMP,
    production VARCHAR, venue VARCHAR, capacity BIGINT, excluded VARCHAR,
    visitor_id UUID, visitor_kind VARCHAR, birth_year BIGINT, gender VARCHAR, consents VARCHAR,
    territory VARCHAR, residence_country VARCHAR, residence_municipality VARCHAR,
    residence_nuts3 VARCHAR, distance_km DOUBLE,
    channel VARCHAR, channel_label VARCHAR, price_label VARCHAR, price_class VARCHAR,
    mode_of_sale VARCHAR, promo VARCHAR, quantity BIGINT, admissions BIGINT, is_estimate BOOLEAN,
    paid_minor BIGINT, face_minor BIGINT, fee_minor BIGINT, settlement_minor BIGINT,
    status VARCHAR, scanned_at TIMESTAMP, is_aggregate BOOLEAN)"""

_RULED = """UPDATE stage SET {column} = r.code FROM mapping_rule r
    WHERE r.source_system = $source_system AND r.kind = '{kind}' AND r.label = stage.{label}"""

PREPARE: tuple[str, ...] = (
    "DELETE FROM stage WHERE order_id IN (SELECT order_id FROM suppressed_order)",
    _RULED.format(column="channel", kind="CHANNEL", label="channel_label"),
    _RULED.format(column="price_class", kind="PRICE_CLASS", label="price_label"),
    # R11. Cumulated shares, rounded down, so that the parts add up to the package's price.
    """UPDATE stage SET paid_minor = shared.upto - shared.before FROM (
        SELECT row_number, total * upto // whole AS upto,
            total * (upto - weight) // whole AS before
        FROM (
            SELECT row_number, weight, sum(weight) OVER lines AS upto,
                sum(weight) OVER package AS whole, sum(paid_minor) OVER package AS total
            FROM (
                SELECT *, coalesce(CASE WHEN min(coalesce(face_minor, 0)) OVER package > 0
                    THEN face_minor END, quantity)::HUGEINT AS weight
                FROM stage WHERE package_key IS NOT NULL
                WINDOW package AS (PARTITION BY order_id, package_key))
            WINDOW package AS (PARTITION BY order_id, package_key),
                lines AS (PARTITION BY order_id, package_key ORDER BY row_number
                    ROWS UNBOUNDED PRECEDING))) AS shared
       WHERE shared.row_number = stage.row_number""",
)

FIND_THERE = """CREATE OR REPLACE TEMP TABLE there AS
    SELECT order_id, detail, batch_id FROM "order" SEMI JOIN stage USING (order_id)"""
"""Orders of the batch that the store has: looked for once, for it may have millions."""

IS_CHANGED = """SELECT EXISTS (FROM suppressed_order)
    OR EXISTS (FROM mapping_rule
        WHERE source_system = $source_system AND kind IN ('CHANNEL', 'PRICE_CLASS'))
    OR EXISTS (FROM "order" WHERE detail > $detail)
    OR EXISTS (FROM bulk_stage WHERE package_key IS NOT NULL)"""
"""Whether `PREPARE` or `SUPERSEDE` would change a row of the stage that was read in bulk."""


def changes_stage(step: str) -> bool:
    """Whether a step needs the stage to be a table."""
    return step.startswith("DELETE FROM stage")


SUPERSEDE: tuple[str, ...] = (
    FIND_THERE,
    # An export with one line per order knows less than one with its positions.
    "DELETE FROM stage WHERE order_id IN (SELECT order_id FROM there WHERE detail > $detail)",
    "DELETE FROM there WHERE detail > $detail",
    "DELETE FROM ticket WHERE order_id IN (SELECT order_id FROM there)",
    'DELETE FROM "order" WHERE order_id IN (SELECT order_id FROM there)',
    "DELETE FROM there",
)

ONLY_NEW_LINES: tuple[str, ...] = (
    FIND_THERE,
    "DELETE FROM stage WHERE order_id IN (SELECT order_id FROM there WHERE batch_id <> $batch_id)",
    """DELETE FROM stage USING ticket t
        WHERE t.batch_id = $batch_id AND t.line_number = stage.row_number""",
)
"""For a replay, instead of `SUPERSEDE`: what neither a later batch nor this one has already."""

FIND_MISSING: tuple[str, ...] = (
    # Of a complete export: what lies within its days and is not in it was deleted there.
    """CREATE OR REPLACE TEMP TABLE missing AS
        SELECT o.order_id, o.order_id NOT IN (SELECT order_id FROM stage) AS is_missing
        FROM "order" o, (
            SELECT min(ordered_at)::DATE AS starts, max(ordered_at)::DATE AS ends FROM stage)
        WHERE o.source_system = $source_system AND o.ordered_at::DATE BETWEEN starts AND ends
          AND o.batch_id <> 'erased'""",
)
MISSING_SHARE = "SELECT coalesce(avg(is_missing::INTEGER), 0) FROM missing"
DROP_MISSING: tuple[str, ...] = (
    "DELETE FROM ticket WHERE order_id IN (SELECT order_id FROM missing WHERE is_missing)",
    'DELETE FROM "order" WHERE order_id IN (SELECT order_id FROM missing WHERE is_missing)',
    "DROP TABLE missing",
)

_IS_GROUP = """NOT bool_or(is_aggregate) AND (
        coalesce(sum(quantity) FILTER (status IN ('SOLD', 'CHECKED_IN')), 0) >= $group_size
        OR bool_or(price_class IN ('GROUP', 'SCHOOL')))"""

IS_COMP = """starts_with(price_class, 'COMP_') OR (coalesce(face_minor, 0) > 0 AND paid_minor = 0
    AND promo IS NULL AND package_key IS NULL
    AND mode_of_sale IN ('SINGLE', 'COMP', 'GROUP', 'SCHOOL')
    AND price_class NOT IN ('FREE_ADMISSION', 'PASS', 'MEMBER', 'SUBSCRIPTION'))"""
"""R10: nothing was paid where something would have been, and no reduction explains it."""

MERGE: tuple[str, ...] = (
    # Who they are was said by the newest import; what it does not say stays.
    """CREATE OR REPLACE TEMP TABLE met AS
        SELECT visitor_id,
            coalesce(min(visitor_kind) FILTER (visitor_kind NOT IN ('PERSON', 'STAFF', 'TEST')),
                'PERSON') AS visitor_kind,
            bool_or(visitor_kind = 'STAFF') AS is_staff,
            bool_or(visitor_kind = 'TEST') AS is_test,
            nullif(max(birth_year), 0) AS birth_year, max(gender) AS gender,
            arg_max(residence_country, moment) AS residence_country,
            arg_max(residence_municipality, moment) AS residence_municipality,
            arg_max(residence_nuts3, moment) AS residence_nuts3,
            arg_max(distance_km, moment) AS distance_km,
            min(ordered_at)::DATE AS first_seen_on, max(ordered_at)::DATE AS last_seen_on
        FROM (SELECT *, epoch_us(ordered_at)::HUGEINT * 4294967296 - row_number AS moment
            FROM stage WHERE visitor_id IS NOT NULL) GROUP BY visitor_id""",
    """CREATE OR REPLACE TEMP TABLE known AS
        SELECT v.* FROM visitor v SEMI JOIN met USING (visitor_id)""",
    "DELETE FROM visitor WHERE visitor_id IN (SELECT visitor_id FROM met)",
    """INSERT INTO visitor
        SELECT met.visitor_id, met.visitor_kind, met.is_staff, met.is_test,
            coalesce(k.opted_out, false), coalesce(met.birth_year, k.birth_year),
            coalesce(met.gender, k.gender),
            coalesce(met.residence_country, k.residence_country),
            coalesce(met.residence_municipality, k.residence_municipality),
            coalesce(met.residence_nuts3, k.residence_nuts3),
            coalesce(met.distance_km, k.distance_km),
            least(met.first_seen_on, coalesce(k.first_seen_on, met.first_seen_on)),
            greatest(met.last_seen_on, coalesce(k.last_seen_on, met.last_seen_on))
        FROM met LEFT JOIN known k USING (visitor_id)""",
    # The newest word counts; of two of one moment, the one that refuses.
    """CREATE OR REPLACE TEMP TABLE told AS
        SELECT visitor_id, split_part(word, '=', 1) AS purpose,
            arg_max(split_part(word, '=', 2), (ordered_at,
                split_part(word, '=', 2) IN ('REFUSED', 'WITHDRAWN'),
                split_part(word, '=', 2))) AS status,
            max(ordered_at) AS captured_at
        FROM (SELECT visitor_id, ordered_at, unnest(string_split(consents, ' ')) AS word
            FROM stage WHERE visitor_id IS NOT NULL AND consents IS NOT NULL)
        GROUP BY ALL""",
    """DELETE FROM told WHERE EXISTS (SELECT 1 FROM consent c
        WHERE c.visitor_id = told.visitor_id AND c.purpose = told.purpose
          AND c.captured_at > told.captured_at)""",
    """DELETE FROM consent USING told
        WHERE consent.visitor_id = told.visitor_id AND consent.purpose = told.purpose""",
    """INSERT INTO consent
        SELECT visitor_id, purpose, status, captured_at, $source_system FROM told""",
    """INSERT INTO venue (venue_id, name)
        SELECT md5(lower(venue))::UUID, arg_min(venue, row_number)
        FROM stage WHERE venue IS NOT NULL GROUP BY lower(venue) ON CONFLICT DO NOTHING""",
    """INSERT INTO production
        SELECT md5(concat_ws(chr(31), $source_system, production))::UUID,
            $source_system, production, r.code
        FROM (SELECT DISTINCT production FROM stage) LEFT JOIN mapping_rule r
            ON r.source_system = $source_system AND r.kind = 'DISCIPLINE' AND r.label = production
        ON CONFLICT DO NOTHING""",
    """INSERT INTO event
        SELECT event_id, $source_system,
            md5(concat_ws(chr(31), $source_system, arg_min(production, row_number)))::UUID,
            md5(lower(arg_min(venue, row_number)))::UUID,
            any_value(event_name), any_value(event_at),
            nullif(max(capacity), 0), coalesce(any_value(s.code), 'EventScheduled'),
            nullif(any_value(x.code), 'NONE')
        FROM stage
        LEFT JOIN mapping_rule s ON s.source_system = $source_system
            AND s.kind = 'EVENT_STATUS' AND s.label = event_name
        LEFT JOIN mapping_rule x ON x.source_system = $source_system
            AND x.kind = 'EXCLUSION' AND x.label = event_name
        GROUP BY event_id
        ON CONFLICT (event_id) DO UPDATE SET
            production_id = excluded.production_id,
            venue_id = coalesce(excluded.venue_id, venue_id),
            capacity = coalesce(excluded.capacity, capacity)""",
    """INSERT INTO price_type
        SELECT md5(concat_ws(chr(31), $source_system, price_label))::UUID, $source_system,
            price_label, arg_min(price_class, row_number)
        FROM stage WHERE price_label IS NOT NULL GROUP BY price_label
        ON CONFLICT (price_type_id) DO UPDATE SET price_class = excluded.price_class""",
    f"""INSERT INTO "order"
        SELECT order_id, $source_system, $batch_id, $detail,
            arg_min(visitor_id, row_number), min(ordered_at),
            arg_min(channel, row_number), arg_min(channel_label, row_number), $currency,
            coalesce(arg_min(territory, row_number) FILTER (territory <> 'UNKNOWN'), 'UNKNOWN'),
            {_IS_GROUP}, bool_or(is_aggregate)
        FROM stage GROUP BY order_id
        HAVING order_id NOT IN (SELECT order_id FROM there)""",
    f"""INSERT INTO ticket
        SELECT order_id, row_number, line_key, event_id, $batch_id, quantity, paid_minor,
            face_minor, fee_minor, settlement_minor, status,
            p.price_type_id, price_class, mode_of_sale, promo, package_key,
            {IS_COMP},
            admissions, is_estimate, scanned_at, replaces_key, NULL, excluded
        FROM stage LEFT JOIN (SELECT price_type_id, label FROM price_type
            WHERE source_system = $source_system) p ON p.label = price_label""",
)
"""Needs `PREPARE` first, and `SUPERSEDE` or, where rows are added, `ONLY_NEW_LINES`."""

KINDS_MET = """SELECT
        CASE WHEN is_test THEN 'TEST' WHEN is_staff THEN 'STAFF' ELSE visitor_kind END, count(*)
    FROM met GROUP BY ALL"""
"""How many visitors of each kind the batch names."""

REGROUP = f"""UPDATE "order" SET is_group = whole.is_group FROM (
        SELECT order_id, {_IS_GROUP.replace("status", "ticket_status")} AS is_group
        FROM (SELECT t.*, o.is_aggregate FROM ticket t JOIN "order" o USING (order_id))
        WHERE order_id IN (SELECT order_id FROM stage) GROUP BY order_id) AS whole
    WHERE "order".order_id = whole.order_id"""
"""For a replay, after `MERGE`: rows were added to orders that were there (R13)."""

EXCHANGES: tuple[str, ...] = (
    # R8. The ticket given up is no attendance, and the new one was first bought when it was.
    """UPDATE ticket SET ticket_status = 'EXCHANGED_OUT'
        WHERE ticket_status IN ('SOLD', 'CHECKED_IN', 'RESERVED')
          AND line_key IN (SELECT replaces_key FROM ticket WHERE replaces_key IS NOT NULL)""",
    """UPDATE ticket SET first_ordered_at = chain.ordered_at FROM (
        WITH RECURSIVE back AS (
            SELECT line_key, replaces_key AS given_up, 0 AS steps FROM ticket
            WHERE replaces_key IS NOT NULL AND line_key IS NOT NULL
            UNION ALL
            SELECT back.line_key, t.replaces_key, steps + 1
            FROM back JOIN ticket t ON t.line_key = back.given_up
            WHERE t.replaces_key IS NOT NULL AND steps < 20)
        SELECT back.line_key, min(o.ordered_at) AS ordered_at
        FROM back JOIN ticket t ON t.line_key = back.given_up
        JOIN "order" o ON o.order_id = t.order_id GROUP BY back.line_key) AS chain
       WHERE ticket.line_key = chain.line_key""",
)
"""Run only where some line of the batch, or of an earlier one, replaces another."""
