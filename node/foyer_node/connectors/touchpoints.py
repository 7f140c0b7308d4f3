"""Touchpoints: one row is one contact on a visitor's way, such as a newsletter opened."""

from collections.abc import Sequence

from foyer_node.connectors.codes import channel_of
from foyer_node.connectors.connector import Reason
from foyer_node.connectors.headers import fold, vocabulary
from foyer_node.connectors.person_codes import words_of
from foyer_node.connectors.record_reader import FieldReader, RecordConnector
from foyer_node.connectors.records import RecordKind, Stage, TouchpointRow
from foyer_node.connectors.refused import Refused
from foyer_node.ports import Cell

_STRONG = {
    "touch_id": "touch id|touchpoint id|activity id|interaction id|message id|kontakt id"
    "|aktivitet id|aktivitets id|contact id|id contact|activiteit id|tapahtuma id|kontakti id",
    "at": "at|timestamp|activity date|activity time|touched at|occurred at|event time|action date"
    "|tidspunkt|aktivitetsdato|tijdstip|activiteitsdatum|horodatage|date de l action"
    "|date et heure|tidpunkt|aktivitetsdatum|aikaleima|ajankohta",
    "stage": "stage|touchpoint|activity|activity type|action|interaction|journey step|event type"
    "|trin|aktivitet|handling|fase|stap|activiteit|actie|etape|type d action|interaction type"
    "|steg|handelse|vaihe|toiminto|toimenpide",
    "customer_key": "customer key|customer id|customer no|customer number|patron id|contact no"
    "|subscriber id|kundenr|kundenummer|kunde id|klantnummer|klantnr|n client|numero client"
    "|id client|kundnr|kundnummer|asiakasnumero|asiakastunnus",
    "email": "email|e mail|email address|e mail address|recipient|subscriber|mail|mailadresse"
    "|e mailadresse|emailadres|e mailadres|adresse e mail|courriel|adresse email|e post|epost"
    "|e postadress|sahkoposti|sahkopostiosoite|modtager|ontvanger|destinataire|mottagare"
    "|vastaanottaja",
    "event": "event|event name|performance|show|production|forestilling|arrangement|voorstelling"
    "|evenement|spectacle|forestallning|evenemang|esitys",
    "channel": "channel|medium|kanal|kanaal|canal|kanava",
}
_WEAK = {
    "touch_id": "id",
    "at": "date|dato|datum|time|tid|heure|paivamaara|created at",
    "stage": "type|status",
}
_STAGES: dict[Stage, frozenset[str]] = {
    Stage.EMAIL_SENT: words_of("email sent|sent|send|delivered|newsletter sent|sendt|mail sendt"
     "|verzonden|mail verzonden|envoye|envoyee|mail envoye|distribue|skickat|skickad|mejl skickat"
     "|lahetetty|viesti lahetetty"),
    Stage.EMAIL_OPENED: words_of("email opened|open|opened|opens|abnet|mail abnet|geopend"
     "|mail geopend|ouvert|ouverte|mail ouvert|ouverture|oppnat|oppnad|mejl oppnat|avattu"),
    Stage.EMAIL_CLICKED: words_of("email clicked|click|clicked|clicks|klik|klikket|geklikt|clic"
     "|clique|cliquee|klick|klickat|klikattu|klikkaus"),
    Stage.PAGE_VIEW: words_of("page view|pageview|page|visit|sidevisning|paginaweergave"
     "|page vue|sidvisning|sivulataus|sivunakyma"),
    Stage.EVENT_VIEW: words_of("event view|event page|event viewed|product view|view item"
     "|arrangement set|evenement bekeken|fiche vue|spectacle vu|evenemang visat"
     "|tapahtuma katsottu"),
    Stage.BASKET: words_of("basket|cart|add to cart|add to basket|added to cart|kurv|lagt i kurv"
     "|winkelmand|winkelwagen|panier|ajout au panier|varukorg|kundvagn|ostoskori"),
    Stage.ORDER: words_of("order|purchase|purchased|ordered|ordre|kob|bestelling|aankoop|commande"
     "|achat|kop|bestallning|tilaus|osto"),
    Stage.CHECK_IN: words_of("check in|checked in|scan|scanned|attended|checket ind|scannet"
     "|ingecheckt|gescand|scanne|entree|incheckad|skannad|skannattu|saapunut"),
    Stage.SURVEY_SENT: words_of("survey sent|survey invited|sporgeskema sendt|enquete verzonden"
     "|questionnaire envoye|enquete envoyee|enkat skickad|kysely lahetetty"),
    Stage.SURVEY_DONE: words_of("survey done|survey completed|survey answered|sporgeskema besvaret"
     "|enquete ingevuld|questionnaire rempli|enquete remplie|enkat besvarad|kyselyyn vastattu"),
    Stage.SERVICE_CONTACT: words_of("service contact|support|call|phone call|complaint|henvendelse"
     "|opkald|klage|klantcontact|klacht|contact|appel|reclamation|kundkontakt|samtal|klagomal"
     "|yhteydenotto|asiakaspalvelu|puhelu"),
    Stage.RETURN_ORDER: words_of("return order|repeat purchase|reorder|genkob|herhaalaankoop"
     "|nouvel achat|aterkop|uusintaosto"),
}  # fmt: skip
_STAGE_OF = {word: stage for stage, words in _STAGES.items() for word in words}


def stage_of(word: str) -> Stage | None:
    """The step that an export's word means; None if the word is not known.

    >>> stage_of("Mail ouvert"), stage_of("EMAIL_SENT"), stage_of("Bounce")
    (<Stage.EMAIL_OPENED: 'EMAIL_OPENED'>, <Stage.EMAIL_SENT: 'EMAIL_SENT'>, None)
    """
    folded = fold(word)
    code = folded.replace(" ", "_").upper()
    return Stage.__members__.get(code) or _STAGE_OF.get(folded)


def _make(reader: FieldReader, number: int, cells: Sequence[Cell]) -> TouchpointRow:
    stage = stage_of(reader.text(cells, "stage"))
    if stage is None:
        raise Refused(Reason.UNKNOWN_STATUS, "stage")
    at = reader.moment(cells, "at")
    if at is None:
        raise Refused(Reason.NO_DATE, "at")
    return TouchpointRow(
        row=number,
        touch_id=reader.key(cells, "touch_id"),
        email=reader.text(cells, "email"),
        customer_key=reader.key(cells, "customer_key"),
        at=at,
        stage=stage,
        event=reader.text(cells, "event"),
        channel=channel_of(reader.text(cells, "channel")),
    )


TOUCHPOINTS = RecordConnector(
    name="touchpoints",
    kind=RecordKind.TOUCHPOINTS,
    names=vocabulary(_STRONG, _WEAK),
    required=("at", "stage"),
    telling=("touch_id", "stage"),
    moments=("at",),
    identity="touch_id",
    make=_make,
)
