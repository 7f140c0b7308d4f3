"""Row-level ticket reports of Spektrix, as CSV or XLSX.

Each client designs its own reports, so a column has many names; that an event has
`Instances` is what gives the system away. A return is a line of its own with a minus sign.
"""

from foyer_node.connectors.layouts import Layout, LayoutConnector

_FIELDS = {
    "order_id": "Order ID|Order Id|Web Order ID|Order Reference|Order Number|Transaction ID",
    "ordered_at": "Order Date|Order Confirmed Date|Date Confirmed|Date/Time Confirmed"
    "|Transaction Date|Transaction Date/Time|Sale Date|Order Date/Time",
    "order_time": "Order Time|Transaction Time|Time Confirmed",
    "line_id": "Ticket ID|Order Item ID|Item ID|Ticket Number",
    "event": "Event Name|Event|Event Title",
    "event_at": "Instance Start|Instance Start Date/Time|Instance Date/Time|Instance Start Date"
    "|Instance Date|Event Instance Date",
    "event_time": "Instance Start Time|Instance Time",
    "capacity": "Instance Capacity|Capacity",
    "venue": "Venue|Venue Name|Plan Venue",
    "quantity": "Tickets|Number of Tickets|Ticket Count|No. of Tickets|Quantity",
    "amount": "Total Paid|Amount Paid|Price Paid|Ticket Price Paid|Total Price|Gross Price|Price",
    "face": "Full Price|Face Value|List Price",
    "fee": "Booking Fee|Transaction Fee|Commission",
    "status": "Item Status|Ticket Status|Status",
    "channel": "Sales Channel|Order Sales Channel|Channel|Mode of Sale",
    "price_type": "Ticket Type|Ticket Type Name|Concession",
    "promo": "Offer|Offer Name|Promo Code|Promotion Code",
    "email": "Customer Email|Email|Email Address|Customer Email Address",
    "phone": "Mobile|Telephone|Customer Mobile",
    "customer_key": "Customer ID|Customer Number|Customer Reference|CRN",
    "postcode": "Customer Postcode|Postcode|Post Code|Postal Code|Delivery Postcode",
    "country": "Customer Country|Country",
    "consent_marketing_email": "Email Opt In|Email Opt-In|Marketing Opt In|Contact by Email",
    "scanned_at": "Scanned At|Scan Date|Date Scanned",
    "currency": "Currency",
}
SPEKTRIX = LayoutConnector(
    name="spektrix",
    layouts=(
        Layout(
            fields=_FIELDS,
            required=("order_id", "ordered_at", "event", "event_at", "amount"),
            signs=("Instance*",),
            certainty=0.9,
            unique_lines=False,
            words={
                "status": {"returned": "REFUNDED", "issued": "SOLD", "locked": "RESERVED"},
                "channel": {
                    "web sales": "WEB", "counter sales": "BOX_OFFICE", "phone sales": "PHONE",
                    "telephone sales": "PHONE", "third party": "AGENT",
                },
            },
            negative_is_refund=True,
        ),
    ),
)  # fmt: skip
