"""How visitors leave the store: by erasure, by objection and by age.

An erased visitor's sales stay as what they would have been at a till: sales to nobody, of
a day, under an order id that leads nowhere. The id they had is kept apart, so that the
same file imported again does not bring them back.
"""

GONE = "gone"
"""A temporary table of the visitors that leave: `visitor_id UUID`."""

ERASED_BATCH = "erased"
"""The batch of sales that became anonymous. No import supersedes or misses them."""

NAMED_TABLES = ("visitor", "consent", "membership", "donation", "touchpoint")
"""Tables whose rows are of one visitor and go with them."""

ERASE: tuple[str, ...] = (
    f"""CREATE OR REPLACE TEMP TABLE renamed AS
        SELECT order_id, uuid() AS new_id FROM "order"
        WHERE visitor_id IN (SELECT visitor_id FROM {GONE})""",
    """INSERT INTO suppressed_order
        SELECT order_id FROM renamed ON CONFLICT DO NOTHING""",
    # Not even the place in the file is kept: line numbers begin again, in any order.
    """CREATE OR REPLACE TEMP TABLE anonymous AS
        SELECT t.* REPLACE (
            r.new_id AS order_id,
            row_number() OVER (PARTITION BY t.order_id ORDER BY uuid()) AS line_number,
            NULL AS line_key, NULL AS replaces_key, NULL AS package_key, NULL AS promo,
            'erased' AS batch_id, date_trunc('day', t.scanned_at) AS scanned_at,
            date_trunc('day', t.first_ordered_at) AS first_ordered_at)
        FROM ticket t JOIN renamed r USING (order_id)""",
    "DELETE FROM ticket WHERE order_id IN (SELECT order_id FROM renamed)",
    "INSERT INTO ticket SELECT * FROM anonymous",
    f"""UPDATE "order" SET
            order_id = renamed.new_id, visitor_id = NULL, batch_id = '{ERASED_BATCH}',
            ordered_at = date_trunc('day', ordered_at), territory = 'UNKNOWN', channel_label = NULL
        FROM renamed WHERE "order".order_id = renamed.order_id""",
    "DROP TABLE renamed",
    "DROP TABLE anonymous",
)

OBJECT = f"UPDATE visitor SET opted_out = true WHERE visitor_id IN (SELECT visitor_id FROM {GONE})"

DROP_UNUSED: tuple[str, ...] = (
    # An objection holds for as long as its visitor may come again.
    """DELETE FROM visitor WHERE NOT opted_out AND visitor_id NOT IN (
        SELECT visitor_id FROM "order" WHERE visitor_id IS NOT NULL
        UNION SELECT visitor_id FROM membership WHERE visitor_id IS NOT NULL
        UNION SELECT visitor_id FROM donation WHERE visitor_id IS NOT NULL
        UNION SELECT visitor_id FROM touchpoint WHERE visitor_id IS NOT NULL)""",
    "DELETE FROM consent WHERE visitor_id NOT IN (SELECT visitor_id FROM visitor)",
)
"""Takes out visitors of whom there is nothing any more."""

RETAIN: tuple[str, ...] = (
    """DELETE FROM ticket WHERE order_id IN
        (SELECT order_id FROM "order" WHERE ordered_at < $cutoff)""",
    'DELETE FROM "order" WHERE ordered_at < $cutoff',
    "DELETE FROM donation WHERE given_at < $cutoff",
    "DELETE FROM touchpoint WHERE touched_at < $cutoff",
    "DELETE FROM membership WHERE coalesce(ends_on, starts_on) < $cutoff AND status <> 'ACTIVE'",
    *DROP_UNUSED,
    # By the date alone, never by what was there: it decides flags that carry no noise.
    """UPDATE import_batch SET history_from = $cutoff
        WHERE kind = 'sales' AND history_from < $cutoff""",
)
"""`cutoff` is the first day of a month."""

KNOWN_VISITORS = """SELECT visitor_id FROM visitor
    UNION SELECT visitor_id FROM "order" WHERE visitor_id IS NOT NULL
    UNION SELECT visitor_id FROM membership WHERE visitor_id IS NOT NULL
    UNION SELECT visitor_id FROM donation WHERE visitor_id IS NOT NULL
    UNION SELECT visitor_id FROM touchpoint WHERE visitor_id IS NOT NULL"""
