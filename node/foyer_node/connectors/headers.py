"""Which column is which: header synonyms in six languages (data model C.4).

A synonym is strong when it names one thing wherever it stands ("order date") and weak
when it does so only if nothing better is there ("date"). Two columns that answer
equally well to one field are a question for the steward, never a guess.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from foyer_node.connectors.extra_headers import EXTRA
from foyer_protocol.errors import ConnectorError

REQUIRED = ("order_id", "ordered_at", "event", "event_at", "quantity", "amount")
"""The six columns of the smallest file that can be imported (data model C.3)."""

ALIASES = {"order_datetime": "ordered_at", "event_datetime": "event_at"}
"""Names of the printed six-column list, where ours are shorter."""

_EXPANDED = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ß": "ss", "°": " ", "º": " "})


def fold(text: str) -> str:
    """Reduce a header or a code word to what people mean by it.

    >>> fold("Order #"), fold("N° de commande"), fold("KØBSDATO"), fold("order_datetime")
    ('order', 'n de commande', 'kobsdato', 'order datetime')
    """
    flat = unicodedata.normalize("NFKD", text.casefold().translate(_EXPANDED))
    bare = "".join(c for c in flat if not unicodedata.combining(c))
    return " ".join(re.findall(r"[^\W_]+", bare))


STRONG: dict[str, str] = {
    "order_id": "order id|order no|order number|order|order code|booking ref|booking reference"
    "|booking id|order ref|order reference|invoiceno|invoice no|transaction id|cart number"
    "|ordrenr|ordrenummer|bestillingsnr|bestillingsnummer|ordre id|ordre nr"
    "|ordernummer|bestelnummer|bestelcode|reserveringsnummer|ordernr|order nr|order id"
    "|n de commande|no de commande|no commande|numero de commande|n commande|commande"
    "|code de commande|bokningsnr|bokningsnummer|bestallningsnummer"
    "|tilausnumero|varausnumero|tilauskoodi|tilaus",
    "ordered_at": "order datetime|order date|purchase date|ordered at|order at|date of order"
    "|date ordered|sale date"
    "|date sold|order date time|purchase datetime|purchased at|booking date|purchase time"
    "|sold on|invoicedate"
    "|ordredato|kobsdato|bestillingsdato|salgsdato|kobstidspunkt|ordretidspunkt"
    "|besteldatum|aankoopdatum|orderdatum|datum bestelling|verkoopdatum"
    "|date de commande|date d achat|date commande|date achat|date de vente|date de reservation"
    "|kopdatum|bestallningsdatum|bokningsdatum|inkopsdatum"
    "|tilauspaiva|ostopaiva|tilauksen paivamaara|tilauspaivamaara|ostopaivamaara|varauspaiva",
    "event": "event|event name|performance|show|event title|production|performance name|event id"
    "|exhibition"
    "|forestilling|arrangement|udstilling|forestillingsnavn|arrangementsnavn|begivenhed"
    "|voorstelling|evenement|tentoonstelling|naam evenement|naam voorstelling"
    "|spectacle|evenement|nom de l evenement|exposition|manifestation"
    "|forestallning|evenemang|utstallning|evenemangsnamn"
    "|esitys|tapahtuma|nayttely|tapahtuman nimi",
    "event_at": "event datetime|event date|event start|performance date|event start date"
    "|event start time"
    "|show date|date of performance|event at|performancedate|start date|starts at|event date time"
    "|spilledato|forestillingsdato|arrangementsdato|spilletidspunkt|starttidspunkt"
    "|speeldatum|datum voorstelling|voorstellingsdatum|datum evenement|startdatum|aanvang"
    "|date de representation|date de la representation|date representation|date de l evenement"
    "|date evenement|date du spectacle|date de seance|date de la seance|date de debut"
    "|speldatum|forestallningsdatum|evenemangsdatum|start datum"
    "|esityspaiva|tapahtumapaiva|tapahtuman paivamaara|esityksen paivamaara|esityspaivamaara"
    "|alkupaivamaara",
    "quantity": "quantity|qty|tickets|number of tickets|ticket count|no of tickets|ticket quantity"
    "|of seats|number of seats"
    "|antal|antal billetter|billetantal|aantal|aantal kaarten|aantal tickets"
    "|quantite|nb billets|nombre de billets|nb de billets|nombre de places|nb places|qte"
    "|antal biljetter|maara|kpl|lippuja|lippumaara|lippujen maara",
    "amount": "amount|total paid|amount paid|paid|total amount|paid amount|order total"
    "|line total|gross amount"
    "|belob|belob i alt|total|betalt belob|i alt|bedrag|totaalbedrag|betaald bedrag"
    "|montant|montant paye|montant total|montant ttc|total paye"
    "|belopp|totalbelopp|betalt belopp|summa|maksettu summa|yhteensa",
    "customer_key": "customer key|customer id|customer no|customer number|customer|client id"
    "|patron id|member no"
    "|customerid|external customer id|kundenr|kundenummer|kunde id|klantnummer|klantnr|klant id"
    "|n client|numero client|numero de client|code client|id client|kundnr|kundnummer|kund id"
    "|asiakasnumero|asiakasnro|asiakastunnus",
    "email": "email|e mail|email address|e mail address|buyer email|customer email|order email|mail"
    "|mailadresse|emailadresse|e mailadresse|e mailadres|emailadres|email adres"
    "|adresse e mail|adresse email|courriel|adresse courriel|adresse mail|mel"
    "|e post|epost|e postadress|epostadress|sahkoposti|sahkopostiosoite",
    "postcode": "zip|postcode|postal code|zip code|postalcode|home zip|billing postcode"
    "|zip postal code|post code"
    "|buyer zip code|postnr|postnummer|postkode|code postal|cp|postinumero",
    "country": "country|country code|home country|buyer country|land|landekode|landcode|landskod"
    "|pays|code pays"
    "|maa|maakoodi",
    "channel": "channel|sales channel|mode of sale|point of sale|sales point|order type"
    "|purchasemethod"
    "|salgskanal|salgssted|kanal|verkoopkanaal|kanaal|canal de vente|point de vente|canal"
    "|forsaljningskanal|saljkanal|myyntikanava|myyntikanavat|myyntipiste",
    "price_type": "price type|ticket type|price category|price tier|price class|pricetypename"
    "|ticket category"
    "|billettype|priskategori|pristype|kaartsoort|prijssoort|rang|prijscategorie|tickettype"
    "|tarif|type de billet|categorie de prix|type de tarif|biljettyp|pristyp"
    "|lipputyyppi|hintaluokka|hintaryhma|comp|complimentary|fribillet|vrijkaart|exonere|invitation"
    "|fribiljett|vapaalippu",
    "currency": "currency|currency code|valuta|valutakode|munt|devise|monnaie|valuutta",
    "status": "status|order status|ticket status|attendee status|state of order|ordrestatus"
    "|bestelstatus"
    "|statut|etat de la commande|orderstatus|tila|tilauksen tila",
    "birth_year": "birth year|year of birth|birthday|date of birth|birthdate|dob|fodselsar"
    "|fodselsdato"
    "|geboortejaar|geboortedatum|annee de naissance|date de naissance|fodelsear|fodelsedatum"
    "|syntymavuosi|syntymaaika",
    "promo": "promo|promo code|discount code|voucher|voucher code|promocode|rabatkode|kortingscode"
    "|code promo|code de reduction|rabattkod|alennuskoodi|kampanjakoodi",
    "scanned_at": "scanned at|scan time|checked in at|check in time|scanned|used date|scannet"
    "|gescand"
    "|scanne le|date de scan|skannad|skannattu",
    "line_id": "line id|ticket id|ticket no|ticket number|barcode|position id|attendee|ticketid"
    "|line no"
    "|billetnr|billet id|ticketnummer|kaartnummer|n billet|numero de billet|biljettnummer"
    "|lippunumero",
    "order_time": "order time|ordretid|bestillingstidspunkt|besteltijd|tijd bestelling"
    "|heure de commande"
    "|ordertid|kop tid|tilausaika|tilauksen aika",
    "event_time": "event time|performance time|show time|spilletid|aanvangstijd|speeltijd"
    "|heure de representation"
    "|heure de l evenement|speltid|esitysaika|alkamisaika",
}
WEAK: dict[str, str] = {
    "event": "seance|representation|titre|title|titel|nimi|navn",
    "event_at": "dato|datum|date|paivamaara|paiva|seance|representation|starts|start",
    "amount": "pris|prijs|prix|hinta|price|ticket price|unit price|unitprice|total price",
    "ordered_at": "created|created at|oprettet|aangemaakt|skapad|luotu",
    "order_time": "klokkeslaet",
    "event_time": "time|tid|tijd|heure|klo|aika",
}
STRONG |= EXTRA
PER_TICKET = frozenset(
    ("pris", "prijs", "prix", "hinta", "price", "unitprice", "ticket price", "unit price")
)
"""Amount headers that may mean the price of one ticket."""

_Words = dict[str, frozenset[str]]


def _words(synonyms: Mapping[str, str]) -> _Words:
    return {name: frozenset(line.split("|")) for name, line in synonyms.items()}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The names of the columns of one kind of record."""

    strong: _Words
    weak: _Words


def vocabulary(strong: Mapping[str, str], weak: Mapping[str, str]) -> Vocabulary:
    """From lists of folded names parted by `|`, by canonical field."""
    return Vocabulary(_words(strong), _words(weak))


SALES = vocabulary(STRONG, WEAK)
FIELDS = tuple(STRONG)
"""Every canonical field a column can have."""


def match_columns(
    header: Sequence[str], chosen: Mapping[str, str], names: Vocabulary = SALES
) -> dict[str, int]:
    """Give each canonical field its column; `chosen` (field to header) goes first.

    Raises:
        ConnectorError: two columns answer equally to one field, or `chosen` names a
            field or a column that does not exist.
    """
    folded = [fold(name) for name in header]
    found = chosen_columns(header, chosen, tuple(names.strong))
    for words in (names.strong, names.weak):
        for name, synonyms in words.items():
            free = set(range(len(folded))) - set(found.values())
            fits = [i for i in sorted(free) if folded[i] in synonyms or folded[i] == fold(name)]
            if name in found or not fits:
                continue
            if len(fits) == 1:
                found[name] = fits[0]
            elif name not in EXTRA:
                raise _ambiguous(name, len(fits))
    return found


def chosen_columns(
    header: Sequence[str], chosen: Mapping[str, str], fields: Sequence[str] = FIELDS
) -> dict[str, int]:
    """The columns the steward named, by canonical field.

    Raises:
        ConnectorError: a field or a column that does not exist, or a column name that
            occurs more than once.
    """
    folded = [fold(name) for name in header]
    found: dict[str, int] = {}
    for asked, column in chosen.items():
        name = ALIASES.get(asked, asked)
        if name not in fields:
            raise ConnectorError(
                f"No field is called {asked!r}; nothing was imported.",
                hint=f"Fields are {', '.join(fields)}.",
            )
        fits = [i for i, text in enumerate(header) if text.strip() == column.strip()]
        fits = fits or [i for i, text in enumerate(folded) if text == fold(column)]
        if len(fits) != 1:
            raise ConnectorError(
                f"The column chosen for {name} occurs {len(fits)} times; nothing was imported.",
                hint="Choose a column whose name occurs exactly once.",
            )
        found[name] = fits[0]
    return found


def _ambiguous(name: str, count: int) -> ConnectorError:
    return ConnectorError(
        f"{count} columns could be {name}, and one was expected; nothing was imported.",
        hint=f"Say which one it is with --column {name}='the column name', or rename one.",
    )
