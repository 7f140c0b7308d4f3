"""The words of an import: fields, reasons, warnings and codes, as message ids.

Keys are the node's own names of them; a test of the node holds the two together.
"""

from foyer_web.languages import N_

FIELDS: dict[str, str] = {
    "order_id": N_("Order number"),
    "ordered_at": N_("Day of the order"),
    "event": N_("Event"),
    "event_at": N_("Day of the event"),
    "quantity": N_("Number of tickets"),
    "amount": N_("Amount paid"),
    "customer_key": N_("Customer number"),
    "email": N_("E-mail"),
    "postcode": N_("Postcode"),
    "country": N_("Country"),
    "channel": N_("Sales channel"),
    "price_type": N_("Price type"),
    "currency": N_("Currency"),
    "status": N_("Ticket status"),
    "birth_year": N_("Year of birth"),
    "promo": N_("Discount code"),
    "scanned_at": N_("Scanned at the door"),
    "line_id": N_("Ticket number"),
    "face": N_("Full price"),
    "fee": N_("Booking fee"),
    "valid_days": N_("Days of a pass"),
    "consent_marketing_email": N_("Consent to news by e-mail"),
    "consent_consortium_statistics": N_("Consent to statistics"),
    "order_time": N_("Time of the order"),
    "event_time": N_("Time of the event"),
    # What a report counts besides.
    "phone": N_("Telephone"),
    "card": N_("Member card"),
    "gender": N_("Gender"),
    "consents": N_("Consent"),
    "production": N_("Production"),
    "venue": N_("Venue"),
    "capacity": N_("Seats for sale"),
    "channel_label": N_("Sales channel"),
    "price_label": N_("Price type"),
    "face_minor": N_("Full price"),
    "package_id": N_("Subscription"),
}

WHYS: dict[str, str] = {
    "chosen": N_("you said so"),
    "name": N_("its name says so"),
    "weak-name": N_("its name suggests it"),
    "like-name": N_("its name is much like it"),
    "values": N_("its values look like it"),
    "earlier": N_("it is the earlier of two dates"),
    "later": N_("it is the later of two dates"),
}

REASONS: dict[str, str] = {
    "short-row": N_("The row has too few cells"),
    "long-row": N_("The row has too many cells"),
    "no-order": N_("No order number"),
    "no-event": N_("No event"),
    "no-date": N_("No date"),
    "bad-date": N_("Not a date"),
    "impossible-date": N_("A date too far away"),
    "bad-amount": N_("Not an amount"),
    "negative-amount": N_("A negative amount"),
    "bad-quantity": N_("Not a number of tickets"),
    "negative-quantity": N_("A negative number of tickets"),
    "other-currency": N_("Another currency"),
    "unknown-status": N_("An unknown ticket status"),
    "duplicate": N_("The same ticket twice"),
    "total-row": N_("A total, not a sale"),
}

WARNINGS: dict[str, str] = {
    "no-customer-column": N_("No e-mail or customer number: who comes back stays unknown."),
    "no-postcode-column": N_("No postcode: where visitors live stays unknown."),
    "no-country": N_("No country, neither in the file nor in the settings."),
    "amount-may-be-per-ticket": N_("The amount may be for one ticket; it is read for the line."),
    "event-date-unknown": N_("No day of the event: how early people book stays unknown."),
    "event-not-named": N_("The file does not name its event."),
    "one-line-per-order": N_("One line for each order: an export of tickets would give more."),
    "repeated-rows": N_("Some rows are the same; each counts as a ticket of its own."),
    "excluded-lines": N_("Parking, hires, vouchers or tests are kept and not counted."),
    "unknown-channels": N_("Some sales channels are unknown and do not count as online."),
    "orders-after-events": N_("Many orders come after their event: look at the two dates."),
    "many-orders-on-one-day": N_("Most orders are of one day: it may be filled in by itself."),
    "many-of-one-birth-year": N_("Most years of birth are the same: they may be filled in."),
    "sums-not-orders": N_("Sums for each event: nothing about single orders is known."),
    "drift": N_("The file differs from what came before; see below."),
}

DRIFTS: dict[str, str] = {
    "rows_per_day": N_("Rows a day"),
    "price_minor": N_("Price of a ticket"),
    "share_identified": N_("Share with a known visitor"),
    "share_placed": N_("Share with a postcode"),
    "share_online": N_("Share sold online"),
    "new_words": N_("Words that were not there before"),
}

SET_APART: dict[str, str] = {
    "TEST": N_("Test accounts, left out"),
    "STAFF": N_("Accounts of your own staff, left out"),
    "ORGANISATION": N_("Shared addresses, whose tickets count and who count as no visitor"),
    "RESELLER": N_("Addresses of resellers, whose tickets count and who count as no visitor"),
    "SCHOOL": N_("Addresses of schools, whose tickets count and who count as no visitor"),
}
"""By kind of visitor: what is done with an account that is not one visitor's."""

KINDS: dict[str, str] = {
    "sales": N_("ticket sales"),
    "counters": N_("counts of visitors"),
    "memberships": N_("memberships"),
    "donations": N_("donations"),
    "touchpoints": N_("contacts"),
}

GROUPS: dict[str, tuple[str, str]] = {
    "statuses": (
        N_("Ticket statuses"),
        N_("Rows whose status has no meaning are refused."),
    ),
    "channels": (
        N_("Sales channels"),
        N_("Where was the ticket sold?"),
    ),
    "price_classes": (
        N_("Price types"),
        N_("What kind of price is it?"),
    ),
    "exclusions": (
        N_("Not an admission?"),
        N_("These look like something that is no visit. What is counted is decided here."),
    ),
}
"""By code list: the heading and the question."""

CODES: dict[str, dict[str, str]] = {
    "channels": {
        "WEB": N_("Website"),
        "APP": N_("App"),
        "PHONE": N_("Telephone"),
        "BOX_OFFICE": N_("Box office"),
        "KIOSK": N_("Self-service machine"),
        "MAIL": N_("Letter or e-mail"),
        "AGENT": N_("Agent or reseller"),
        "PARTNER_API": N_("Partner's system"),
        "GROUP_DESK": N_("Group sales"),
        "SCHOOL_DESK": N_("School sales"),
        "PASS_SCAN": N_("Museum pass at the door"),
        "UNKNOWN": N_("Leave as unknown"),
    },
    "price_classes": {
        "FULL": N_("Full price"),
        "CHILD": N_("Child"),
        "YOUTH": N_("Young people"),
        "STUDENT": N_("Student"),
        "SENIOR": N_("Senior"),
        "SOCIAL": N_("Low income"),
        "ACCESS_COMPANION": N_("Companion of a disabled person"),
        "FAMILY": N_("Family"),
        "MEMBER": N_("Member"),
        "SUBSCRIPTION": N_("Subscription"),
        "GROUP": N_("Group"),
        "SCHOOL": N_("School"),
        "PROMO": N_("Special offer"),
        "RESELLER": N_("Reseller"),
        "PASS": N_("Museum pass"),
        "FREE_ADMISSION": N_("Free admission"),
        "COMP_MARKETING": N_("Free ticket, marketing"),
        "COMP_ARTIST_PRESS": N_("Free ticket, artist or press"),
        "COMP_STAFF": N_("Free ticket, staff"),
        "OTHER": N_("Another price"),
    },
    "statuses": {
        "SOLD": N_("Sold"),
        "CHECKED_IN": N_("Used at the door"),
        "RESERVED": N_("Reserved, not paid"),
        "CANCELLED": N_("Cancelled"),
        "REFUNDED": N_("Paid back"),
        "EXCHANGED_OUT": N_("Exchanged for another ticket"),
        "RESOLD": N_("Sold on"),
        "": N_("Refuse these rows"),
    },
    "exclusions": {
        "ADMISSION": N_("It is an admission"),
        "HIRE": N_("Hire of a room"),
        "PARKING": N_("Parking"),
        "MERCH": N_("Shop or voucher"),
        "FUNCTION": N_("Private function"),
        "POSTPONED": N_("Postponed"),
        "TEST": N_("Test"),
        "DUPLICATE": N_("Counted elsewhere"),
    },
}
"""By code list: what each code means."""

UNDECIDED: dict[str, str] = {
    "channels": "UNKNOWN",
    "price_classes": "OTHER",
    "statuses": "",
    "exclusions": "ADMISSION",
}
"""By code list: the code of a word that nothing resembles."""


TWICE = N_("Two columns are given for: %(field)s. Choose one of them.")
MISSING = N_("No column is given for: %(field)s. Every import needs it.")
UNANSWERED = N_("Answer each question.")
NAME_TAKEN = N_("Another export is described as %(name)s. Choose another name.")

THIS_COMPUTER = N_("This computer")
"""Who is signed in by the node's own link."""


def sureness(confidence: float) -> str:
    """How sure a proposal is, as a message id.

    >>> sureness(0.9), sureness(0.5)
    ('sure', 'likely')
    """
    if confidence >= 0.75:
        return N_("sure")
    return N_("likely") if confidence >= 0.5 else N_("a guess")
