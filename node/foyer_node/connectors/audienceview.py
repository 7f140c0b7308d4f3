"""Ticket exports of AudienceView: one row is a seat, its dates are text.

A seat of a bundle is part of a subscription. The shortest export names no order, no day of
sale and no amount; without those no file is taken, and the columns can be added to it.
"""

from collections.abc import Mapping

from foyer_node.connectors.headers import fold
from foyer_node.connectors.layouts import Layout, LayoutConnector

_FIELDS = {
    "order_id": "OrderNumber|Order_Number|Order Number|OrderID|Order_ID",
    "ordered_at": "OrderDate|Order_Date|Order Date|TransactionDate|Transaction_Date"
    "|Transaction Date",
    "line_said": "TicketID|Ticket_ID|Ticket Number|TicketNumber|Barcode",
    "customer_key": "Customer_ID|CustomerID|Customer ID|CustomerNumber|Customer_Number",
    "bundle": "BundleName|Bundle_Name|Bundle Name",
    "event": "PerformanceName|Performance_Name|Performance Name",
    "event_at": "PerformanceDate|Performance_Date|Performance Date",
    "event_time": "PerformanceTime|Performance_Time|Performance Time",
    "production": "SeriesName|Series_Name|Series Name",
    "venue": "VenueName|Venue_Name|Venue Name|Venue",
    "price_type": "PriceTypeName|PriceType_Name|Price Type Name|PriceTypeCode|Price Type Code",
    "promo": "PromoCode|Promo_Code|Promo Code",
    "section": "SectionName|Section_Name|Section Name",
    "seat_row": "RowName|Row_Name|Row Name",
    "seat": "Seat|SeatName|Seat_Name",
    "amount": "AmountPaid|Amount_Paid|Amount Paid|PaidAmount|TotalPaid|Price|Amount",
    "face": "FaceValue|Face_Value|Face Value|ListPrice",
    "fee": "ServiceCharge|Service_Charge|Service Charge|Fees",
    "status": "TicketStatus|Ticket_Status|Ticket Status|OrderStatus|Status",
    "channel": "SalesChannel|Sales_Channel|Sales Channel|Channel",
    "email": "Email|EmailAddress|Email_Address",
    "postcode": "PostalCode|Postal_Code|Postal Code|ZipCode|Zip|Postcode",
    "country": "Country",
    "currency": "Currency",
}


def _derived(row: Mapping[str, str]) -> Mapping[str, str]:
    seat = " ".join(row.get(name, "") for name in ("section", "seat_row", "seat"))
    place = f"{row.get('event', '')} {row.get('event_at', '')} {seat}" if seat.strip() else ""
    bundle = row.get("bundle", "")
    flex = any(word in fold(bundle).split() for word in ("flex", "cyo", "choose"))
    return {
        "line_id": row.get("line_said") or place,
        "package_id": f"{row.get('order_id', '')} {bundle}" if bundle else "",
        "mode_of_sale": ("SUB_FLEX" if flex else "SUB_FIXED") if bundle else "SINGLE",
    }


AUDIENCEVIEW = LayoutConnector(
    name="audienceview",
    layouts=(
        Layout(
            fields=_FIELDS,
            required=("order_id", "ordered_at", "event", "event_at", "amount"),
            certainty=0.9,
            negative_is_refund=True,
            derived=("line_id", "package_id", "mode_of_sale"),
            derive=_derived,
            wanted={"customer_key": "no-customer-column"},
        ),
    ),
)
