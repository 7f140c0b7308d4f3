"""The words of counters' reports in six languages, folded."""

from foyer_node.connectors.headers import fold, vocabulary
from foyer_node.connectors.person_codes import is_yes, words_of
from foyer_node.connectors.records import CountMethod

_STRONG = {
    "place": "place|site|museum|venue|location|counter|building|museum name|site name|venue name"
    "|counter name|sensor|device|sted|taeller|taellested|bygning|museets navn|locatie|teller"
    "|gebouw|naam museum|lieu|musee|nom du musee|compteur|batiment|plats|raknare|byggnad"
    "|museets namn|paikka|museo|laskuri|rakennus|toimipiste|standort|zahler",
    "part": "gate|entrance|door|zone|area|floor|room|town|city|indgang|dor|etage|by|ingang|deur"
    "|zaal|stad|porte|salle|ville|ingang|entre|vaning|ort|sisaankaynti|ovi|kerros|sali|kaupunki",
    "starts_at": "starts at|start|date|day|from|window start|date time|datetime|timestamp"
    "|count date|visit date|interval start|period|period start|dato|dag|dato og tid|periode|datum"
    "|datum en tijd|tijdstip|date de visite|date et heure|jour|debut|tidpunkt|paiva|paivamaara|pvm"
    "|ajankohta|aika|datum und uhrzeit",
    "ends_at": "ends at|end|to|until|window end|interval end|period end|slut|til|slutdato|eind|tot"
    "|einde|fin|jusqu a|till|sluttid|loppu|paattyy",
    "time": "time|hour|time slot|time of day|tidspunkt|klokkeslaet|tid|time interval|tijd|uur"
    "|tijdvak|heure|creneau|plage horaire|timme|klockslag|kello|kellonaika|tunti|klo|uhrzeit",
    "end_time": "end time|time to|hour to|sluttidspunkt|eindtijd|heure de fin|sluttid|paattymisaika"
    "|uhrzeit bis",
    "month": "month|maned|maand|mois|manad|kuukausi|monat|quarter|kvartal|kwartaal|trimestre",
    "count_in": "count in|in|entries|visitors|visits|visitor count|visit count|footfall|people in"
    "|number of visitors|number of visits|no of visitors|no of visits|total visits|total visitors"
    "|admissions|attendance|besog|besogende|antal besog|antal besogende|besogstal|gaester|ind"
    "|bezoekers|bezoek|bezoeken|aantal bezoekers|aantal bezoeken|bezoekersaantal|visiteurs|visites"
    "|nombre de visiteurs|nombre de visites|nb visiteurs|nb visites|entrees|nombre d entrees"
    "|frequentation|frequentation totale|besokare|besok|antal besokare|antal besok|besokstal"
    "|kavijat|kavijamaara|kavijoita|kaynnit|kayntimaara|sisaan|besucher|besucherzahl",
    "count_out": "count out|out|exits|people out|ud|antal ud|uit|aantal uit|sorties"
    "|nombre de sorties|ut|antal ut|ulos",
    "paid": "paid|paying|paid visits|paid visitors|paid admissions|betalende|betalende besog"
    "|betalend|betalende bezoekers|payant|payants|entrees payantes|visiteurs payants|betalande"
    "|betalande besok|maksaneet|maksulliset",
    "free": "free|free visits|free visitors|free admissions|gratis besog|gratis bezoekers|gratuit"
    "|gratuits|entrees gratuites|visiteurs gratuits|gratis besok|fri entre|ilmaiskavijat"
    "|ilmaiset",
    "method": "method|count method|counting method|source|metode|taellemetode|telmethode|methode"
    "|methode de comptage|metod|rakningsmetod|menetelma|laskentatapa",
    "is_estimate": "estimate|estimated|is estimate|estimeret|skonnet|geschat|schatting|estimation"
    "|estime|uppskattat|uppskattning|arvio|arvioitu",
    "note": "note|notes|remark|remarks|flag|bemaerkning|noter|opmerking|remarque|anmarkning"
    "|huomautus",
}
_WEAK = {
    "starts_at": "year|ar|jaar|annee|vuosi|jahr|uge|week|semaine|vecka|viikko",
    "count_in": "total|count|antal|i alt|aantal|totaal|nombre|totalt|maara|yhteensa|gesamt|value",
    "place": "name|navn|naam|nom|namn|nimi",
}
COUNTERS = vocabulary(_STRONG, _WEAK)
_OWN = frozenset.union(*(COUNTERS.strong[name] for name in ("count_in", "paid", "free")))

_METHODS: dict[CountMethod, frozenset[str]] = {
    CountMethod.TURNSTILE: words_of("turnstile|turnstiles|gate|taelleapparat|taellekors|tourniquet"
     "|draaipoort|poortje|tourniquets|vandkors|vandkorsar|kaantoportti"),
    CountMethod.IR_BEAM: words_of("ir beam|ir|infrared|beam|infrarod|infrarood|lichtsluis"
     "|infrarouge|faisceau|infrarodstrale|infrapuna|sensor"),
    CountMethod.CAMERA_COUNT: words_of("camera count|camera|3d camera|video|kamera|cameratelling"
     "|comptage video|kamerarakning|kameralaskenta"),
    CountMethod.WIFI_ESTIMATE: words_of("wifi estimate|wifi|wi fi|mobile|mobil|mobildata"),
    CountMethod.MANUAL_CLICKER: words_of("manual clicker|manual|clicker|hand|hand count|manuel"
     "|manuelt|handtaeller|handmatig|handteller|comptage manuel|manuell|handraknare|kasin"
     "|manuaalinen|kasilaskuri"),
    CountMethod.TICKET_DERIVED: words_of("ticket derived|ticket|tickets|billet|billetter|billetsalg"
     "|kaartverkoop|billets|billetterie|biljett|biljetter|lippu|liput"),
}  # fmt: skip
_METHOD_OF = {word: method for method, words in _METHODS.items() for word in words}
_ESTIMATES = words_of(
    "e|est|estimate|estimated|estimeret|skon|skonnet|schatting|geschat|estimation|estime|estimee"
    "|uppskattning|uppskattat|arvio|arvioitu|provisional"
)


def has_own_name(header: tuple[str, ...]) -> bool:
    """Whether a column has a name that only counts of people have."""
    return any(fold(name) in _OWN for name in header)


def method_of(word: str) -> CountMethod:
    """How people were counted; UNKNOWN if the word is not known."""
    folded = fold(word)
    code = folded.replace(" ", "_").upper()
    return CountMethod.__members__.get(code) or _METHOD_OF.get(folded, CountMethod.UNKNOWN)


def says_estimate(word: str, *, alone: bool = True) -> bool:
    """Whether a mark says that a count is an estimate; `alone`: the column asks just that.

    >>> says_estimate("Ja"), says_estimate("Ja", alone=False), says_estimate("skøn", alone=False)
    (True, False, True)
    """
    return fold(word) in _ESTIMATES or (alone and is_yes(word) is True)
