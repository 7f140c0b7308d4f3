"""Code lists of the data model, and the words by which exports say them.

Words are in Danish, Dutch, English, Finnish, French and Swedish, folded by
`foyer_node.connectors.headers.fold`. A word that is not here is never guessed: a
channel becomes UNKNOWN, a price type OTHER, a status is refused.
"""

from enum import StrEnum
from typing import TypeVar

from foyer_node.connectors.headers import fold


class Channel(StrEnum):
    """Where a ticket was sold. Online is WEB and APP."""

    WEB = "WEB"
    APP = "APP"
    PHONE = "PHONE"
    BOX_OFFICE = "BOX_OFFICE"
    KIOSK = "KIOSK"
    MAIL = "MAIL"
    AGENT = "AGENT"
    PARTNER_API = "PARTNER_API"
    GROUP_DESK = "GROUP_DESK"
    SCHOOL_DESK = "SCHOOL_DESK"
    PASS_SCAN = "PASS_SCAN"  # noqa: S105 - a museum pass
    UNKNOWN = "UNKNOWN"


class TicketStatus(StrEnum):
    """Where a ticket stands. Only SOLD and CHECKED_IN are attendances."""

    RESERVED = "RESERVED"
    SOLD = "SOLD"
    CHECKED_IN = "CHECKED_IN"
    REFUNDED = "REFUNDED"
    EXCHANGED_OUT = "EXCHANGED_OUT"
    CANCELLED = "CANCELLED"
    RESOLD = "RESOLD"


class PriceClass(StrEnum):
    """What kind of price was paid."""

    FULL = "FULL"
    CHILD = "CHILD"
    YOUTH = "YOUTH"
    STUDENT = "STUDENT"
    SENIOR = "SENIOR"
    SOCIAL = "SOCIAL"
    ACCESS_COMPANION = "ACCESS_COMPANION"
    FAMILY = "FAMILY"
    MEMBER = "MEMBER"
    SUBSCRIPTION = "SUBSCRIPTION"
    GROUP = "GROUP"
    SCHOOL = "SCHOOL"
    PROMO = "PROMO"
    RESELLER = "RESELLER"
    PASS = "PASS"  # noqa: S105 - a museum pass
    FREE_ADMISSION = "FREE_ADMISSION"
    COMP_MARKETING = "COMP_MARKETING"
    COMP_ARTIST_PRESS = "COMP_ARTIST_PRESS"
    COMP_STAFF = "COMP_STAFF"
    OTHER = "OTHER"


EXCLUSIONS = frozenset(("HIRE", "PARKING", "MERCH", "FUNCTION", "POSTPONED", "TEST", "DUPLICATE"))
"""Why a line is no admission (R20)."""

ADMISSION = "ADMISSION"
"""What people decide of a label that looks like one of `EXCLUSIONS` and is none."""

Code = TypeVar("Code", bound=StrEnum)


def _table(words: dict[Code, str]) -> dict[str, Code]:
    return {fold(word): code for code, line in words.items() for word in line.split("|")}


_CHANNELS = _table(
    {
        Channel.WEB: "web|online|internet|online shop|onlineshop|webshop|website|web shop"
        "|online sales|ecommerce"
        "|netbutik|hjemmeside|net|onlinesalg|webbutik|online winkel|onlinewinkel|webwinkel"
        "|boutique en ligne|en ligne|site web|site internet|vente en ligne|onlinebutik|natbutik"
        "|hemsida|webb"
        "|verkkokauppa|netti|verkko|verkkosivut",
        Channel.APP: "app|mobile app|mobilapp|application mobile|application|appi"
        "|mobiilisovellus|sovellus",
        Channel.PHONE: "phone|telephone|telefon|telefoon|telefonisch|par telephone|puhelin"
        "|telefonsalg",
        Channel.BOX_OFFICE: "box office|boxoffice|counter|walk up|walkup|door|pos|cash desk"
        "|ticket office|till"
        "|billetkontor|billetluge|kasse|billetsalg|indgang|doren|kassa|balie|aan de kassa|loket"
        "|guichet|billetterie|caisse|sur place|biljettkassa|luckan|entre|lippukassa|lipunmyynti"
        "|ovi|tiski",
        Channel.KIOSK: "kiosk|self service|selvbetjening|borne|automaatti|automat",
        Channel.MAIL: "mail|post|email|e mail|brev|courrier|posti",
        Channel.AGENT: "agent|reseller|forhandler|wederverkoper|revendeur|aterforsaljare"
        "|jalleenmyyja|ticketmaster"
        "|partner|agency",
        Channel.PARTNER_API: "api|partner api|rest api",
        Channel.GROUP_DESK: "group desk|group sales|groups|gruppesalg|groepen|groupes"
        "|gruppforsaljning|ryhmamyynti",
        Channel.SCHOOL_DESK: "school desk|schools|skoler|scholen|scolaires|skolor|koulut",
        Channel.PASS_SCAN: "pass scan|museum card|museumkaart|museokortti|museumskort",
    }
)
_STATUSES = _table(
    {
        TicketStatus.SOLD: "sold|paid|complete|completed|confirmed|valid|ok|attending|active"
        "|payed|p"
        "|betalt|solgt|gennemfort|gyldig|bekraeftet|betaald|verkocht|voltooid|geldig|bevestigd"
        "|paye|payee|vendu|valide|confirme|termine|reglee|regle|betald|sald|slutford|giltig"
        "|bekraftad"
        "|maksettu|myyty|valmis|voimassa|vahvistettu",
        TicketStatus.CHECKED_IN: "checked in|used|scanned|redeemed|brugt|checket ind|gescand"
        "|gebruikt|utilise|scanne"
        "|anvand|incheckad|kaytetty",
        TicketStatus.RESERVED: "reserved|pending|open|booked|reservation|n|unpaid|not attending"
        "|pending organizer approval"
        "|payment plan pending|afventer|reserveret|openstaand|gereserveerd|in afwachting"
        "|en attente|reserve|reservee|avvaktande|reserverad|bokad|obetald|odottaa|varattu",
        TicketStatus.CANCELLED: "cancelled|canceled|void|voided|expired|deleted|rejected|e|c"
        "|annulleret|udlobet|slettet"
        "|geannuleerd|verlopen|vervallen|annule|annulee|expire|expiree|avbokad|utgangen"
        "|makulerad|avbruten"
        "|peruutettu|peruttu|vanhentunut",
        TicketStatus.REFUNDED: "refunded|refund|returned|r|refunderet|tilbagebetalt|terugbetaald"
        "|geretourneerd"
        "|rembourse|remboursee|aterbetald|palautettu|hyvitetty",
        TicketStatus.EXCHANGED_OUT: "exchanged|exchanged out|ombyttet|omgeruild|echange|echangee"
        "|bytt|utbytt|vaihdettu",
        TicketStatus.RESOLD: "resold|videresolgt|doorverkocht|revendu|revendue|aterforsald"
        "|jalleenmyyty",
    }
)
_PRICES = _table(
    {
        PriceClass.COMP_STAFF: "staff|personale|personeel|personnel|personal|henkilokunta"
        "|employee|medarbejder|technical",
        PriceClass.COMP_ARTIST_PRESS: "press|presse|artist|pers|guest list|guestlist|lehdisto",
        PriceClass.COMP_MARKETING: "comp|complimentary|fribillet|vrijkaart|exonere|invitation"
        "|fribiljett|vapaalippu"
        "|free ticket|guest|invite",
        PriceClass.SUBSCRIPTION: "subscription|subscriber|abonnement|abonnent|abonne|abonnee"
        "|tilausliput|kausikortti",
        PriceClass.SCHOOL: "school|skole|skoleklasse|schoolgroep|scolaire|skola|skolklass|koulu"
        "|koululuokka",
        PriceClass.GROUP: "group|gruppe|groep|groupe|grupp|ryhma|gruppebillet",
        PriceClass.ACCESS_COMPANION: "companion|carer|ledsager|begeleider|accompagnateur"
        "|ledsagare|avustaja",
        PriceClass.STUDENT: "student|students|studerende|etudiant|studerande|studenter"
        "|opiskelija|ung studerende",
        PriceClass.SENIOR: "senior|seniors|pensioner|pensionist|pensionar|elakelainen|65",
        PriceClass.CHILD: "child|children|kid|barn|born|kind|kinderen|enfant|lapsi",
        PriceClass.YOUTH: "youth|young|junior|under 26|under 30|unge|ung|jongeren|jeune|ungdom"
        "|nuori|cjp",
        PriceClass.MEMBER: "member|members|friend|friends|medlem|lid|leden|adherent|membre|jasen"
        "|vrienden|amis",
        PriceClass.FAMILY: "family|familie|famille|familj|perhe",
        PriceClass.SOCIAL: "concession|reduced|social|nedsat|ledig|reductie|reduit|nedsatt"
        "|alennettu",
        PriceClass.FREE_ADMISSION: "free|gratis|free admission|fri entre|gratuit|ilmainen"
        "|free entry",
        PriceClass.PASS: "pass|museum card|museumkaart|museokortti|culture pass|pas|kulturpas",
        PriceClass.PROMO: "promo|offer|tilbud|aanbieding|offre|erbjudande|tarjous|early bird",
        PriceClass.RESELLER: "reseller|forhandler|revendeur|wederverkoper",
        PriceClass.FULL: "full|full price|adult|adults|standard|normal|regular|ordinary|voksen"
        "|normalpris"
        "|volwassene|volwassenen|normaal|adulte|plein tarif|tarif plein|vuxen|ordinarie|aikuinen"
        "|normaali",
    }
)
_EXCLUDED: dict[str, tuple[str, ...]] = {
    "HIRE": ("hire", "private hire", "udlejning", "verhuur", "location de salle", "uthyrning"),
    "PARKING": ("parking", "parkering", "parkeren", "stationnement", "pysakointi"),
    "MERCH": (
        "merchandise", "merch", "gift card", "gift voucher", "gavekort", "cadeaubon", "cadeaukaart",
        "carte cadeau", "bon cadeau", "presentkort", "lahjakortti",
    ),
    "TEST": ("test", "test event", "testarrangement", "testevent"),
}  # fmt: skip
_EXCLUDED_WORDS = {word: reason for reason, words in _EXCLUDED.items() for word in words}


def words_of(codes: type[StrEnum]) -> dict[str, str]:
    """Every folded word of a code list with its code: of channels, statuses or price classes."""
    tables: tuple[dict[str, Channel] | dict[str, TicketStatus] | dict[str, PriceClass], ...] = (
        _CHANNELS,
        _STATUSES,
        _PRICES,
    )
    return {
        word: code.value
        for table in tables
        for word, code in table.items()
        if isinstance(code, codes)
    }


def channel_of(word: str) -> Channel:
    """The code of a sales channel, UNKNOWN if the word is not known.

    >>> channel_of("Boutique en ligne").value, channel_of("Abendkasse").value
    ('WEB', 'UNKNOWN')
    """
    folded = fold(word)
    known = _CHANNELS.get(folded)
    return known or Channel.__members__.get(folded.replace(" ", "_").upper(), Channel.UNKNOWN)


def status_of(word: str) -> TicketStatus | None:
    """The code of a ticket's status; None if the word is not known."""
    folded = fold(word)
    known = _STATUSES.get(folded)
    return known or TicketStatus.__members__.get(folded.replace(" ", "_").upper())


def price_class_of(label: str) -> PriceClass:
    """The class of a price label: the whole label, else the first word known, else OTHER.

    >>> price_class_of("Student / under 26").value, price_class_of("Rij 3").value
    ('STUDENT', 'OTHER')
    """
    folded = fold(label)
    code = folded.replace(" ", "_").upper()
    if code in PriceClass.__members__:
        return PriceClass[code]
    if folded in _PRICES:
        return _PRICES[folded]
    words = set(folded.split())
    return next((found for word, found in _PRICES.items() if word in words), PriceClass.OTHER)


_SURCHARGES = frozenset({
    "surcharge", "supplement", "tillaeg", "toeslag", "bijbetaling", "tillagg", "lisamaksu",
    "zuschlag",
})  # fmt: skip


def is_surcharge(label: str) -> bool:
    """Whether a ticket only adds to another's admission, so that it is no visit more (R17).

    >>> is_surcharge("Særudstilling, tillæg"), is_surcharge("Voksen")
    (True, False)
    """
    return not _SURCHARGES.isdisjoint(fold(label).split())


def resembled_exclusion(label: str) -> str:
    """The exclusion that a part of a label names, "" if none: to ask people, never to decide.

    >>> resembled_exclusion("Gavekort 500 kr."), resembled_exclusion("Hamlet")
    ('MERCH', '')
    """
    padded = f" {fold(label)} "
    return next((why for word, why in _EXCLUDED_WORDS.items() if f" {word} " in padded), "")


def exclusion_of(*labels: str) -> str | None:
    """Why a line with these labels is no admission (R20), by whole labels only; else None.

    >>> exclusion_of("Gavekort", "Hamlet"), exclusion_of("A test of love")
    ('MERCH', None)
    """
    found = (_EXCLUDED_WORDS.get(fold(label)) for label in labels if label)
    return next((reason for reason in found if reason), None)
