"""Bookings of pass Culture pro, as CSV or XLSX: one line a place.

Words that mean something else here than anywhere: `remboursé` is what the scheme has paid to
the venue, so the place was used, and nobody was refunded. The young visitor pays nothing and
the scheme pays the price, which is a settlement (R12). A booking for two is two lines with
one countermark, and a countermark may be withheld. The file is French and its decimal mark a
point.
"""

from collections.abc import Mapping

from foyer_node.connectors.headers import fold
from foyer_node.connectors.layouts import Layout, LayoutConnector

_FIELDS = {
    "venue": "Lieu|Structure",
    "event": "Nom de l’offre",
    "event_at": "Date de l'évènement",
    "book": "EAN|ISBN",
    "email": "Email du bénéficiaire",
    "phone": "Téléphone du bénéficiaire",
    "ordered_at": "Date et heure de réservation",
    "scanned_at": "Date et heure de validation",
    "token": "Contremarque",
    "price_type": "Intitulé du tarif|Intitulé du prix",
    "settlement": "Prix de la réservation",
    "status": "Statut de la contremarque",
    "offer_type": "Type d'offre",
    "postcode": "Code postal du bénéficiaire",
}
_STATUSES = {
    "réservé": "RESERVED",
    "confirmé": "SOLD",
    "validé": "CHECKED_IN",
    "en cours de remboursement": "CHECKED_IN",
    "remboursé": "CHECKED_IN",
    "annulé": "CANCELLED",
}


def _derived(row: Mapping[str, str]) -> Mapping[str, str]:
    school = "collective" in fold(row.get("offer_type", ""))
    anonymous = f"{row.get('email', '')} {row.get('ordered_at', '')}"
    return {
        "order_id": row.get("token") or anonymous,
        "amount": "0",
        "channel": "APP",  # bookings are made in the scheme's own application
        "price_class": "SCHOOL" if school else "PASS",
        "mode_of_sale": "SCHOOL" if school else "PASS",
        # The scheme sells books and records in the same list.
        "excluded": "MERCH" if row.get("book") and not row.get("event_at") else "",
    }


PASS_CULTURE = LayoutConnector(
    name="pass-culture",
    layouts=(
        Layout(
            fields=_FIELDS,
            required=("event", "ordered_at", "token", "settlement", "status"),
            signs=("Statut de la contremarque", "Email du bénéficiaire"),
            decimal=".",
            words={"status": _STATUSES},
            derived=("order_id", "amount", "channel", "price_class", "mode_of_sale", "excluded"),
            derive=_derived,
        ),
    ),
)
