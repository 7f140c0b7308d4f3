"""Memberships, subscriptions and passes: one row is one term of one."""

from collections.abc import Sequence

from foyer_node.connectors.connector import Reason
from foyer_node.connectors.headers import fold, vocabulary
from foyer_node.connectors.person_codes import is_yes, words_of
from foyer_node.connectors.record_reader import FieldReader, RecordConnector
from foyer_node.connectors.records import (
    MembershipKind,
    MembershipRow,
    MembershipStatus,
    RecordKind,
)
from foyer_node.connectors.refused import Refused
from foyer_node.ports import Cell

_STRONG = {
    "membership_id": "membership id|membership no|membership number|subscription id"
    "|subscription number|pass id|medlemskab id|medlemskabsnr|abonnementsnr|abonnementsnummer"
    "|lidmaatschapsnummer|lidmaatschap id|numero d adhesion|n d adhesion|numero d abonnement"
    "|n d abonnement|medlemskapsnummer|jasenyysnumero|kausikorttinumero",
    "card": "card number|card no|member card|membership card|pass number|card|kortnummer|kortnr"
    "|medlemskort|pasnummer|kaartnummer|museumkaartnummer|numero de carte|n de carte|carte"
    "|kortnumero|museokorttinumero|medlemsnummer|medlemsnr|membership card number",
    "customer_key": "customer key|customer id|customer no|customer number|member id|member no"
    "|member number|patron id|kunde id|kundenr|kundenummer|medlem id|klantnummer|klantnr"
    "|lidnummer|id client|n client|numero client|numero d adherent|n d adherent|kund id|kundnr"
    "|kundnummer|asiakastunnus|asiakasnumero|jasennumero",
    "email": "email|e mail|email address|e mail address|member email|mail|mailadresse"
    "|e mailadresse|emailadres|e mailadres|adresse e mail|courriel|adresse email|e post|epost"
    "|e postadress|sahkoposti|sahkopostiosoite",
    "scheme": "membership|membership type|membership scheme|scheme|subscription"
    "|subscription type|pass type|programme|medlemskab|medlemskabstype|abonnement"
    "|abonnementstype|lidmaatschap|lidmaatschapstype|adhesion|type d adhesion|type d abonnement"
    "|formule|medlemskap|medlemskapstyp|abonnemangstyp|jasenyys|jasenyystyyppi|kausikortti",
    "kind": "membership kind|package kind|package type|product type|pakketype|produkttype"
    "|type de produit|produkttyp|tuotetyyppi",
    "level": "level|membership level|tier|niveau|medlemsniveau|trin|niva|medlemsniva|taso"
    "|jasentaso|lidmaatschapsniveau",
    "starts_on": "starts on|start date|valid from|member since|membership start|effective date"
    "|init dt|gyldig fra|startdato|medlem siden|starttidspunkt|geldig vanaf|startdatum|ingangsdatum"
    "|lid sinds|valable du|date de debut|debut|date d adhesion|valable a partir du|giltig fran"
    "|start datum|medlem sedan|alkupaivamaara|alkupaiva|voimassa alkaen|alkaa",
    "ends_on": "ends on|end date|valid to|valid until|expires|expiry date|expiration date|expr dt"
    "|gyldig til|slutdato|udlober|udlobsdato|sluttidspunkt|geldig tot|einddatum|vervaldatum"
    "|geldig tot en met|valable jusqu au|valable au|date de fin|fin|date d expiration|giltig till"
    "|slut datum|slutdatum|loppupaivamaara|loppupaiva|voimassa asti|paattyy",
    "amount": "price|amount|fee|membership fee|paid|pris|belob|kontingent|prijs|bedrag"
    "|contributie|prix|montant|cotisation|belopp|avgift|medlemsavgift|hinta|summa|jasenmaksu",
    "currency": "currency|valuta|devise|monnaie|valuutta",
    "renews": "renews|auto renew|auto renewal|automatic renewal|recurring|fornyes"
    "|automatisk fornyelse|autofornyelse|automatische verlenging|verlengt|renouvellement"
    "|renouvellement automatique|reconduction tacite|fornyas|automatisk fornyelse"
    "|automatisk forlangning|uusiutuu|automaattinen uusinta",
    "status": "status|membership status|state|medlemsstatus|statut|etat|tila|jasenyyden tila",
    "cancelled": "canceled|cancelled|annulleret|opsagt|geannuleerd|opgezegd|annule|resilie"
    "|avbokad|uppsagd|peruttu|irtisanottu",
    "test": "test mode|testmodus|mode test|testitila",
}
_WEAK = {
    "scheme": "product|produkt|produit|tuote|type|name|navn|naam|nom|namn|nimi",
    "starts_on": "from|fra|van|du|fran|start|begin",
    "ends_on": "to|til|tot|au|till|end|slut|einde",
    "membership_id": "id",
}
_KINDS: tuple[tuple[MembershipKind, frozenset[str]], ...] = (
    (MembershipKind.UNLIMITED_CINEMA, words_of("cineville|unlimited|biografkort|cinema pass")),
    (MembershipKind.MUSEUM_PASS, words_of("museumkaart|museokortti|museum pass|museum card"
     "|museumskort|pass musees|museikort|arskort|arskortet|carte musees|annual pass")),
    (MembershipKind.CULTURE_PASS, words_of("culture pass|kulturpas|kulturpass|uitpas|pass culture"
     "|cultuurpas|kulttuuripassi|cultuurkaart|cjp")),
    (MembershipKind.VOUCHER_BUNDLE, words_of("voucher|vouchers|klippekort|rittenkaart|strippenkaart"
     "|carnet|klippkort|sarjakortti|bundle|punch card")),
    (MembershipKind.SUB_FLEX, words_of("flex|flexible|choose your own|cyo|vaelg selv"
     "|keuzeabonnement|a la carte|libre|valfritt|valfri|valinnainen|joustava")),
    (MembershipKind.FRIENDS, words_of("friend|friends|ven|venner|venneforening|vrienden|vriend|amis"
     "|ami|vanner|ystavat|ystava|patron|patrons|mecene|mecenes")),
    (MembershipKind.SUB_FIXED, words_of("subscription|subscriber|abonnement|abonnent|abonne"
     "|abonnemang|tilaus|kausikortti|fixed|serie|series|season ticket|saesonkort")),
    (MembershipKind.MEMBERSHIP, words_of("membership|member|medlemskab|medlem|lidmaatschap|lid"
     "|adhesion|adherent|medlemskap|jasenyys|jasen")),
)  # fmt: skip
"""The first kind of which a word stands in the scheme, the likelier names first."""
_STATUSES: dict[MembershipStatus, frozenset[str]] = {
    MembershipStatus.ACTIVE: words_of("active|current|valid|paid|aktiv|gyldig|betalt|actief|geldig"
     "|betaald|actif|active|en cours|valide|paye|giltig|betald|aktiivinen|voimassa|maksettu"),
    MembershipStatus.LAPSED: words_of("lapsed|expired|ended|inactive|udlobet|inaktiv|verlopen"
     "|inactief|expire|expiree|echu|inactif|utgangen|utgatt|vanhentunut|paattynyt"),
    MembershipStatus.CANCELLED: words_of("cancelled|canceled|terminated|annulleret|opsagt"
     "|geannuleerd|opgezegd|annule|annulee|resilie|resiliee|avbruten|uppsagd|makulerad"
     "|peruttu|irtisanottu"),
    MembershipStatus.PENDING: words_of("pending|unpaid|renewal due|pending renewal|afventer"
     "|ubetalt|in afwachting|onbetaald|en attente|impaye|vantande|obetald|odottaa|maksamatta"),
}  # fmt: skip


def kind_of(*labels: str) -> MembershipKind:
    """What a scheme's own words say it is; MEMBERSHIP where they say nothing.

    >>> [kind_of(w).value for w in ("Museumkaart 2026", "SUB_FLEX", "Vrienden van het museum")]
    ['MUSEUM_PASS', 'SUB_FLEX', 'FRIENDS']
    """
    for label in labels:
        code = fold(label).replace(" ", "_").upper()
        if code in MembershipKind.__members__:
            return MembershipKind[code]
    padded = [f" {fold(label)} " for label in labels]
    for kind, words in _KINDS:
        if any(f" {word} " in label for label in padded for word in words):
            return kind
    return MembershipKind.MEMBERSHIP


def _status_of(word: str) -> MembershipStatus:
    folded = fold(word)
    if not folded:
        return MembershipStatus.ACTIVE
    for status, words in _STATUSES.items():
        if folded in words:
            return status
    raise Refused(Reason.UNKNOWN_STATUS, "status")


def _renews(word: str) -> bool | None:
    return is_yes(word) if word else None


def _make(reader: FieldReader, number: int, cells: Sequence[Cell]) -> MembershipRow | None:
    if is_yes(reader.text(cells, "test")):
        return None
    starts_on, ends_on = reader.day(cells, "starts_on"), reader.day(cells, "ends_on")
    if starts_on is None:
        raise Refused(Reason.NO_DATE, "starts_on")
    if ends_on is not None and ends_on < starts_on:
        raise Refused(Reason.IMPOSSIBLE_DATE, "ends_on")
    scheme, level = reader.text(cells, "scheme"), reader.text(cells, "level")
    cancelled = is_yes(reader.text(cells, "cancelled"))
    status = _status_of(reader.text(cells, "status"))
    return MembershipRow(
        row=number,
        membership_id=reader.key(cells, "membership_id"),
        email=reader.text(cells, "email"),
        customer_key=reader.key(cells, "customer_key"),
        card=reader.key(cells, "card"),
        kind=kind_of(reader.text(cells, "kind"), scheme, level),
        scheme=scheme,
        level=level,
        starts_on=starts_on,
        ends_on=ends_on,
        price_minor=reader.amount(cells, "amount"),
        renews=_renews(reader.text(cells, "renews")),
        status=MembershipStatus.CANCELLED if cancelled else status,
    )


MEMBERSHIPS = RecordConnector(
    name="memberships",
    kind=RecordKind.MEMBERSHIPS,
    names=vocabulary(_STRONG, _WEAK),
    required=("starts_on", "scheme"),
    telling=("membership_id", "scheme", "level", "card"),
    moments=("starts_on", "ends_on"),
    identity="membership_id",
    make=_make,
)
