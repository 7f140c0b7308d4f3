"""Donations: one row is one gift. A gift that was taken back is no gift."""

from collections.abc import Sequence

from foyer_node.connectors.codes import TicketStatus, channel_of, status_of
from foyer_node.connectors.connector import Reason
from foyer_node.connectors.headers import fold, vocabulary
from foyer_node.connectors.person_codes import is_yes, words_of
from foyer_node.connectors.record_reader import FieldReader, RecordConnector
from foyer_node.connectors.records import DonationKind, DonationRow, RecordKind
from foyer_node.connectors.refused import Refused
from foyer_node.ports import Cell

_STRONG = {
    "donation_id": "donation id|donation no|donation number|gift id|gift no|gift number|ref no"
    "|contribution id|donationsnr|donations id|gave id|gift nummer|giftnummer|donatienummer"
    "|donatie id|numero de don|n de don|id don|gava id|gavonummer|lahjoitus id|lahjoitusnumero",
    "at": "donation date|gift date|date of gift|date of donation|donated at|donated on|cont dt"
    "|contribution date|donationsdato|gavedato|donatiedatum|giftdatum|datum gift|date du don"
    "|date de don|gavodatum|donationsdatum|lahjoituspaiva|lahjoituspaivamaara|at",
    "amount": "donation amount|gift amount|donation|gift|amount donated|cont amt"
    "|contribution amount|donationsbelob|gavebelob|gave|donatie|donatiebedrag|giftbedrag"
    "|montant du don|don|gava|gavobelopp|donationsbelopp|lahjoitus|lahjoitussumma",
    "received": "recd amt|received|amount received|modtaget|ontvangen|montant recu|recu|mottaget"
    "|saatu",
    "customer_key": "customer key|customer id|customer no|customer number|donor id|donor no"
    "|constituent id|account id|patron id|kundenr|kundenummer|kunde id|donor nr|klantnummer"
    "|klantnr|donateurnummer|n client|numero client|id client|id donateur|kundnr|kundnummer"
    "|givarnummer|asiakasnumero|asiakastunnus|lahjoittajanumero",
    "email": "email|e mail|email address|e mail address|donor email|mail|mailadresse|e mailadresse"
    "|emailadres|e mailadres|adresse e mail|courriel|adresse email|e post|epost|e postadress"
    "|sahkoposti|sahkopostiosoite",
    "kind": "donation type|gift type|donation kind|frequency|cont type|donationstype|gavetype"
    "|hyppighed|donatietype|soort gift|frequentie|type de don|frequence|gavotyp|frekvens"
    "|lahjoitustyyppi|lahjoituksen tyyppi|toistuvuus",
    "campaign": "campaign|appeal|campaign no|campaign name|kampagne|formal|campagne|doel"
    "|campagne de dons|kampanj|andamal|kampanja|kohde",
    "fund": "fund|fund no|fund name|designation|fond|fonds|affectation|rahasto",
    "channel": "channel|donation channel|source|kanal|kilde|kanaal|bron|canal|origine|kalla"
    "|kanava|lahde",
    "currency": "currency|valuta|devise|monnaie|valuutta",
    "status": "status|payment status|donation status|statut|etat|tila|betalingsstatus"
    "|betaalstatus|betalstatus",
    "cancelled": "cancel|cancelled|canceled|cancel ind|refunded|annulleret|geannuleerd|annule"
    "|avbruten|peruttu",
}
_WEAK = {
    "donation_id": "id|reference|ref",
    "at": "date|dato|datum|paivamaara|paiva|created at|created",
    "amount": "amount|belob|bedrag|montant|belopp|summa|total|paid",
    "kind": "type|tyyppi|soort|typ",
}
_KINDS: dict[DonationKind, frozenset[str]] = {
    DonationKind.RECURRING: words_of("recurring|monthly|yearly|annual|regular|direct debit"
     "|standing order|fast|manedlig|arlig|periodiek|maandelijks|jaarlijks|incasso|mensuel|annuel"
     "|recurrent|regulier|prelevement|manatlig|manadsgivare|aterkommande|autogiro|kuukausittain"
     "|kuukausilahjoitus|toistuva|sustainer"),
    DonationKind.ROUND_UP: words_of("round up|roundup|rounding|oprunding|afronding|arrondi"
     "|avrundning|pyoristys|checkout|at checkout|basket"),
    DonationKind.MEMBERSHIP_PART: words_of("membership part|membership|medlemskab|lidmaatschap"
     "|adhesion|medlemskap|jasenyys"),
    DonationKind.ONE_OFF: words_of("one off|oneoff|one time|single|once|enkelt|engangsgave|eenmalig"
     "|ponctuel|unique|engangs|engangsgava|kertalahjoitus|kerta|gift"),
}  # fmt: skip
_GONE = frozenset({TicketStatus.REFUNDED, TicketStatus.CANCELLED, TicketStatus.RESERVED})


def kind_of(word: str) -> DonationKind:
    """How a gift came about; ONE_OFF where the word is not known."""
    folded = fold(word)
    code = folded.replace(" ", "_").upper()
    if code in DonationKind.__members__:
        return DonationKind[code]
    return next((kind for kind, words in _KINDS.items() if folded in words), DonationKind.ONE_OFF)


def _make(reader: FieldReader, number: int, cells: Sequence[Cell]) -> DonationRow | None:
    word = reader.text(cells, "status")
    status = status_of(word) if word else TicketStatus.SOLD
    if status is None:
        raise Refused(Reason.UNKNOWN_STATUS, "status")
    if status in _GONE or is_yes(reader.text(cells, "cancelled")):
        return None
    at = reader.moment(cells, "at")
    if at is None:
        raise Refused(Reason.NO_DATE, "at")
    amount = reader.amount(cells, "amount")
    if amount == 0:
        raise Refused(Reason.BAD_AMOUNT, "amount")
    if reader.text(cells, "received"):  # of a pledge, what has come in so far
        amount = reader.amount(cells, "received")
        if amount == 0:
            return None
    return DonationRow(
        row=number,
        donation_id=reader.key(cells, "donation_id"),
        email=reader.text(cells, "email"),
        customer_key=reader.key(cells, "customer_key"),
        at=at,
        amount_minor=amount,
        kind=kind_of(reader.text(cells, "kind")),
        campaign=reader.text(cells, "campaign") or reader.text(cells, "fund"),
        channel=channel_of(reader.text(cells, "channel")),
    )


DONATIONS = RecordConnector(
    name="donations",
    kind=RecordKind.DONATIONS,
    names=vocabulary(_STRONG, _WEAK),
    required=("at", "amount"),
    telling=("donation_id", "amount", "kind"),
    moments=("at",),
    identity="donation_id",
    make=_make,
)
