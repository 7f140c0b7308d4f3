"""How the sales get out of each system: for the import page and the generated reference.

What is to be known about an export's meaning stands at the top of its connector's module.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """One connector, for whoever has to make the export."""

    title: str
    export: str  # what to do in the system
    files: str  # what it may give


GUIDES: dict[str, Guide] = {
    "pretix": Guide(
        title="pretix",
        export="Event › Orders › Export: “Order data” with all columns; take the positions, or"
        " the whole workbook. “Order data (JSON)” knows more. Best is no export at all: name the"
        " shop under `[[sources]]` in node.toml with a token of a team that may view orders, and"
        " its changes are pulled.",
        files="CSV in Danish, Dutch, English, Finnish, French and Swedish; XLSX; JSON; REST API",
    ),
    "eventbrite": Guide(
        title="Eventbrite",
        export="Event › Reporting › Attendee summary, with all columns and the event's name and"
        " date; or Reports › Orders over all events, which has a line an order.",
        files="CSV, XLSX",
    ),
    "billetweb": Guide(
        title="Billetweb",
        export="Event › Participants › Export with all columns, or the attendees of its API.",
        files="CSV, JSON",
    ),
    "mapado": Guide(
        title="Mapado",
        export="Tickets of its API, or the ticket export of the back office with all columns.",
        files="CSV, JSON",
    ),
    "shotgun": Guide(
        title="Shotgun",
        export="Smartboard › Event › Export of tickets, or the tickets of its API.",
        files="CSV, JSON",
    ),
    "spektrix": Guide(
        title="Spektrix",
        export="Reports › a row-level ticket report with order, instance, price and customer; it"
        " can be scheduled into a folder that `[[sources]]` watches.",
        files="CSV, XLSX",
    ),
    "pass-culture": Guide(
        title="pass Culture pro",
        export="Réservations › Télécharger, for individual or collective offers.",
        files="CSV, XLSX",
    ),
    "tessitura": Guide(
        title="Tessitura",
        export="The tables T_ORDER, T_SUB_LINEITEM and T_PERF, with T_CUSTOMER if there may be"
        " one, as CSV in one zip archive.",
        files="ZIP of CSV",
    ),
    "archtics": Guide(
        title="Archtics",
        export="A ticket query with event, seat block, account and paid amount.",
        files="CSV, XLSX",
    ),
    "audienceview": Guide(
        title="AudienceView",
        export="A bundle or ticket report with customer, performance and price type.",
        files="CSV, XLSX",
    ),
    "agile": Guide(
        title="Agile Ticketing",
        export="Reports › sales with event date, ticket type and price, or the order report.",
        files="CSV, XLSX",
    ),
    "gomus": Guide(
        title="go~mus",
        export="Orders, bookings and customers from the back office's Excel export.",
        files="CSV, XLSX",
    ),
    "aggregates": Guide(
        title="Sums by performance",
        export="Any report with a performance, a price, and how many were sold at it, as SoTicket"
        " and Supersoniks give it.",
        files="CSV, XLSX, JSON",
    ),
    "counters": Guide(
        title="Museum counters",
        export="Readings by hour, day or month of turnstiles, beams, cameras or a clicker.",
        files="CSV, XLSX",
    ),
    "memberships": Guide(
        title="Memberships and passes",
        export="One line a membership with its kind, its first and its last day.",
        files="CSV, XLSX",
    ),
    "donations": Guide(
        title="Donations", export="One line a gift with its day and amount.", files="CSV, XLSX"
    ),
    "touchpoints": Guide(
        title="Touchpoints",
        export="One line a contact (mail opened, page viewed, survey answered) with its time.",
        files="CSV, XLSX",
    ),
    "generic": Guide(
        title="Any other system",
        export="Any list of orders or tickets that has an order number, its date, the event, the"
        " event's date, a number of tickets and an amount. The mapping assistant asks for what"
        " it cannot tell.",
        files="CSV, TSV, XLSX, ODS, JSON",
    ),
}
"""By the connector's name."""
