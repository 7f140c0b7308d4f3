"""The views that figures are computed from, as the third to fifth schema steps make them.

`main.eligible_line` is what a round may use and `own.eligible_line` what the house may
use for itself: equal but for the purpose whose refusal takes a visitor out. The measures
name `eligible_line` and nothing else, so that no statistic can forget to ask.
"""


def _eligible_line(schema: str, purpose: str) -> str:
    """Rows as `catalogue.schema.EligibleLine`, with ids as UUIDs.

    Where no visitor was asked (no row in `consent`), the statistics stand on another
    ground than consent (decision 0020), unless the house says that it needs consent.
    """
    return f"""CREATE VIEW {schema}.eligible_line AS
        SELECT
            coalesce(o.visitor_id, o.order_id) AS unit,
            o.visitor_id AS visitor,
            NOT o.is_group AND coalesce(v.visitor_kind, 'PERSON') IN ('PERSON', 'HOUSEHOLD')
                AS person,
            o.order_id AS "order",
            coalesce(t.first_ordered_at, o.ordered_at) AS ordered_at,
            CASE WHEN t.mode_of_sale <> 'SUB_FIXED' AND NOT o.is_aggregate
                THEN e.starts_at END AS event_at,
            t.quantity AS quantity,
            t.paid_minor AS paid_minor,
            o.channel IN ('WEB', 'APP') AS online,
            o.territory AS territory
        FROM main.ticket t
        JOIN main."order" o ON o.order_id = t.order_id
        JOIN main.event e ON e.event_id = t.event_id
        LEFT JOIN main.visitor v ON v.visitor_id = o.visitor_id
        LEFT JOIN (SELECT visitor_id, status FROM main.consent WHERE purpose = '{purpose}') c
            ON c.visitor_id = o.visitor_id
        WHERE t.ticket_status IN ('SOLD', 'CHECKED_IN')
          AND t.price_class <> 'COMP_STAFF'
          AND t.exclude_reason IS NULL
          AND e.exclude_reason IS NULL
          AND e.event_status NOT IN ('EventCancelled', 'EventPostponed')
          AND NOT coalesce(v.is_staff OR v.is_test OR v.opted_out, false)
          AND coalesce(c.status, 'NOT_ASKED') NOT IN ('REFUSED', 'WITHDRAWN')
          AND (o.visitor_id IS NULL OR coalesce(c.status, 'NOT_ASKED') = 'GIVEN'
               OR NOT coalesce((SELECT bool_or(consent_needed) FROM main.institution), false))"""


# A ticket that counts, with what the house itself may see of it. Refunds stay for their rate.
_OWN_TICKET = """CREATE VIEW own.counted_ticket AS
    SELECT t.*, o.visitor_id, o.ordered_at, o.channel, e.starts_at, e.venue_id, e.production_id
    FROM main.ticket t
    JOIN main."order" o ON o.order_id = t.order_id
    JOIN main.event e ON e.event_id = t.event_id
    LEFT JOIN main.visitor v ON v.visitor_id = o.visitor_id
    LEFT JOIN (SELECT visitor_id, status FROM main.consent WHERE purpose = 'ANALYTICS_LOCAL') c
        ON c.visitor_id = o.visitor_id
    WHERE t.price_class <> 'COMP_STAFF'
      AND t.exclude_reason IS NULL
      AND e.exclude_reason IS NULL
      AND e.event_status NOT IN ('EventCancelled', 'EventPostponed')
      AND NOT coalesce(v.is_staff OR v.is_test OR v.opted_out, false)
      AND coalesce(c.status, 'NOT_ASKED') NOT IN ('REFUSED', 'WITHDRAWN')"""

# R21 and R29. "Now" is the last import: what was not imported is not known.
_EVENT_FIGURES = """CREATE VIEW own.event_figures AS
    WITH clock AS (SELECT max(applied_at) AS as_of FROM main.import_batch),
    per_event AS (
        SELECT event_id, any_value(starts_at) AS starts_at,
            coalesce(sum(admissions) FILTER (ticket_status IN ('SOLD', 'CHECKED_IN')), 0) AS sold,
            coalesce(sum(admissions) FILTER (ticket_status IN ('SOLD', 'CHECKED_IN')
                AND (ticket_status = 'CHECKED_IN' OR scanned_at IS NOT NULL)), 0) AS scanned,
            coalesce(sum(quantity) FILTER (is_comp
                AND ticket_status IN ('SOLD', 'CHECKED_IN')), 0) AS comps,
            coalesce(sum(quantity) FILTER (ticket_status = 'REFUNDED'), 0) AS refunded,
            coalesce(sum(paid_minor) FILTER (ticket_status IN ('SOLD', 'CHECKED_IN')), 0)
                AS revenue_minor,
            bool_or(is_estimate) AS is_estimate
        FROM own.counted_ticket GROUP BY event_id),
    house AS (
        SELECT coalesce(sum(scanned) / nullif(sum(sold), 0), 0) >= 0.8 AS scans
        FROM per_event, clock WHERE starts_at < as_of)
    SELECT per_event.*, e.capacity,
        CASE WHEN house.scans THEN scanned ELSE sold END AS attended,
        CASE WHEN house.scans THEN 'SCANS' ELSE 'SALES' END AS attended_by,
        coalesce(per_event.starts_at + to_days(coalesce(
            (SELECT any_value(mature_lag_days) FROM main.institution), 0)) <= as_of, true)
            AS is_mature
    FROM per_event JOIN main.event e USING (event_id), house, clock"""

# R18 and R19. At a venue that both counts heads and scans tickets, the larger is taken for
# the visits of a day, since each misses some; nothing is subtracted to make anonymous persons.
_DAILY_VISITS = """CREATE VIEW own.daily_visits AS
    WITH counted AS (
        SELECT venue_id, starts_at::DATE AS day, sum(count_in) AS counted,
            bool_or(is_estimate) AS is_estimate
        FROM main.counter_reading GROUP BY ALL),
    one_visit AS (
        SELECT venue_id, coalesce(scanned_at, starts_at)::DATE AS day,
            max(admissions) AS admissions, bool_or(is_estimate) AS is_estimate
        FROM own.counted_ticket
        WHERE ticket_status IN ('SOLD', 'CHECKED_IN') AND venue_id IS NOT NULL
        GROUP BY venue_id, day, coalesce(line_key::VARCHAR, order_id || ':' || line_number)),
    ticketed AS (
        SELECT venue_id, day, sum(admissions) AS ticketed, bool_or(is_estimate) AS is_estimate
        FROM one_visit WHERE day IS NOT NULL GROUP BY ALL)
    SELECT venue_id, day, coalesce(counted, 0) AS counted, coalesce(ticketed, 0) AS ticketed,
        greatest(coalesce(counted, 0), coalesce(ticketed, 0)) AS visits,
        CASE WHEN coalesce(counted, 0) >= coalesce(ticketed, 0) THEN 'COUNTER' ELSE 'TICKETS' END
            AS visits_by,
        coalesce(counted.is_estimate, false) OR coalesce(ticketed.is_estimate, false)
            AS is_estimate
    FROM counted FULL JOIN ticketed USING (venue_id, day)"""

# A day is the house's own. A reading of more than a day is of no one day and stays out.
_LOCAL_DAILY_VISITS = """CREATE VIEW own.daily_visits AS
    WITH house AS (
        SELECT coalesce((SELECT any_value(timezone) FROM main.institution), 'UTC') AS zone),
    counted AS (
        SELECT venue_id, ((starts_at AT TIME ZONE 'UTC') AT TIME ZONE zone)::DATE AS day,
            sum(count_in) AS counted, bool_or(is_estimate) AS is_estimate
        FROM main.counter_reading, house
        WHERE ends_at - starts_at <= INTERVAL 25 HOUR GROUP BY venue_id, day),
    one_visit AS (
        SELECT venue_id, ((coalesce(scanned_at, starts_at) AT TIME ZONE 'UTC')
                AT TIME ZONE zone)::DATE AS day,
            max(admissions) AS admissions, bool_or(is_estimate) AS is_estimate
        FROM own.counted_ticket, house
        WHERE ticket_status IN ('SOLD', 'CHECKED_IN') AND venue_id IS NOT NULL
        GROUP BY venue_id, day, coalesce(line_key::VARCHAR, order_id || ':' || line_number)),
    ticketed AS (
        SELECT venue_id, day, sum(admissions) AS ticketed, bool_or(is_estimate) AS is_estimate
        FROM one_visit WHERE day IS NOT NULL GROUP BY ALL)
    SELECT venue_id, day, coalesce(counted, 0) AS counted, coalesce(ticketed, 0) AS ticketed,
        greatest(coalesce(counted, 0), coalesce(ticketed, 0)) AS visits,
        CASE WHEN coalesce(counted, 0) >= coalesce(ticketed, 0) THEN 'COUNTER' ELSE 'TICKETS' END
            AS visits_by,
        coalesce(counted.is_estimate, false) OR coalesce(ticketed.is_estimate, false)
            AS is_estimate
    FROM counted FULL JOIN ticketed USING (venue_id, day)"""

VIEWS: tuple[str, ...] = (
    "CREATE SCHEMA own",
    _eligible_line("main", "CONSORTIUM_STATISTICS"),
    _eligible_line("own", "ANALYTICS_LOCAL"),
    _OWN_TICKET,
    _EVENT_FIGURES,
    _DAILY_VISITS,
)

LOCAL_DAYS: tuple[str, ...] = ("DROP VIEW own.daily_visits", _LOCAL_DAILY_VISITS)
"""The fourth schema step: days were those of UTC, an hour or two off those of the house."""

OWN_CONSENT: tuple[str, ...] = (
    _OWN_TICKET.replace("CREATE VIEW", "CREATE OR REPLACE VIEW")
    + """
      AND (o.visitor_id IS NULL OR coalesce(c.status, 'NOT_ASKED') = 'GIVEN'
           OR NOT coalesce((SELECT bool_or(consent_needed) FROM main.institution), false))""",
)
"""The fifth schema step: a house on consent counts only who gave it in its own figures too."""
