"""The words of pretix's positions export in six languages: facts about the software.

Two headers of the originals are left out: they are questions that one organiser asked.
Some translations use one header twice; that is not a slip here.
"""

from dataclasses import dataclass


def _split(names: str) -> tuple[str, ...]:
    return tuple(names.split("|"))


HEADERS: dict[str, tuple[str, ...]] = {
    "en": _split(
        "Event slug|Event name|Order code|Position ID|Status|Email|Phone number|Order date|"
        "Order time|Date|Start date|End date|Product|Product ID|Variation|Variation ID|"
        "Price|Tax rate|Tax rule|Tax value|Attendee name|Attendee name: Given name|"
        "Attendee name: Family name|Attendee email|Attendee company|Address|ZIP code|City|"
        "Country|State|Voucher|Voucher budget usage|Voucher tag|Pseudonymization ID|"
        "Ticket secret|Seat ID|Seat name|Seat zone|Seat row|Seat number|Blocked|Valid from|"
        "Valid until|Order comment|Follow-up date|Add-on to position ID|"
        "Invoice address company|Invoice address name|Invoice address name: Given name|"
        "Invoice address name: Family name|Invoice address street|Invoice address ZIP code|"
        "Invoice address city|Invoice address country|Invoice address state|VAT ID|"
        "Sales channel|Order locale|Email address verified|External customer ID|"
        "Check-in lists|Payment providers|Position order link"
    ),
    "da": _split(
        "Arrangements-slug (sidste del af URL)|Navn|Bestillingsnr.|Post-ID|Status|Email|"
        "Telefonnummer|Bestillingsdato|Bestillingstidspunkt|Dato|Starttidspunkt|"
        "Sluttidspunkt|Produkt|Produkt ID|Variant|Variant ID|Pris|Moms-%|Momsregel|"
        "Momsværdi|Navn på deltager|Navn på deltager: Fornavn|Navn på deltager: Efternavn|"
        "E-mailadresse|Deltagerens virksomhed|Adresse|Postnummer|By|Land|Stat / region|"
        "Rabatkode|Forbrug af budget for rabatkoder|Tag for rabatkode|Pseudonymiserings-ID|"
        "Billethemmelighed|Plads-ID|Pladsnavn|Plads-zone|Plads-række|Plads-nr.|Blokeret|"
        "Gyldig fra|Gyldig indtil|Ordrekommentar|Opfølgningsdato|Tillæg til positions-ID|"
        "Virksomhedens faktureringsadresse|Navn på faktura-adresse|"
        "Navn på faktura-adresse: Fornavn|Navn på faktura-adresse: Efternavn|"
        "Fakturaadresse (vejnavn og nr.)|Faktureringsadresse (postnr.)|"
        "Faktureringsadresse (by)|Faktureringsadresse (land)|"
        "Faktureringsadresse (stat/region)|CVR-nr.|Salgskanal|Sprog|"
        "E-Mail-adresse verificeret|Ekstern kunde-ID|Tjek-ind-lister|Betalingsleverandører|"
        "Link til posternes rækkefølge"
    ),
    "nl": _split(
        "Slug van evenement|Naam evenement|Bestelcode|Positie-ID|Status|E-mail|"
        "Telefoonnummer|Besteldatum|Besteltijd|Datum|Startdatum|Einddatum|Product|"
        "Product-ID|Variant|Variant-ID|Prijs|Belastingtarief|Belastingregel|"
        "Belastingwaarde|Naam deelnemer|Naam deelnemer: Voornaam|"
        "Naam deelnemer: Achternaam|E-mailadres van deelnemer|Bedrijf deelnemer|Adres|"
        "Postcode|Plaats|Land|Staat|Voucher|Gebruik van voucherbudget|Vouchertag|"
        "Pseudonimiserings-ID|Ticketgeheim|Stoel-ID|Stoelnaam|Stoelzone|Stoelrij|"
        "Stoelnummer|Geblokkeerd|Geldig van|Geldig tot|Opmerking bestelling|"
        "Datum voor opvolging|Add-on bij positie-ID|Factuuradres: bedrijf|"
        "Factuuradres: naam|Factuuradres: naam: Voornaam|Factuuradres: naam: Achternaam|"
        "Factuuradres: straat|Factuuradres: postcode|Factuuradres: plaats|"
        "Factuuradres: land|Factuuradres: staat|Btw-nummer|Verkoopkanaal|"
        "Taal van bestelling|E-mailadres geverifieerd|Extern klantnummer|Check-in-lijsten|"
        "Betalingsaanbieders|Bestel-link positie"
    ),
    "fr": _split(
        "Titre de l'événement|Nom de l'événement|Code de commande|ID de la position|Statut|"
        "E-Mail|Numéro de téléphone|Date de commande|Heure de commande|Date|Date de début|"
        "Date de fin|Produit|ID produit|Variante|ID variant|Prix|Taux d'imposition|"
        "Règle fiscale|Valeur fiscale|Nom du participant|Nom du participant: Prénom|"
        "Nom du participant: Nom de famille|E-mail du participant|"
        "Entreprise du participant|Adresse|Code postal|Ville|Pays|État|Bon|"
        "Utilisation du budget des bons|Code du bon|ID pseudonyme|Secret du billet|"
        "ID du siège|Nom du siège|Zone du siège|Rangée de sièges|Nom du siège|Bloqué|"
        "Valable depuis|Valable jusqu'au|Commentaire de commande|Date de suivi|"
        "Add-on à la position ID|Adresse de facturation de l'entreprise|"
        "Nom de l'adresse de facturation|Nom de l'adresse de facturation: Prénom|"
        "Nom de l'adresse de facturation: Nom de famille|Adresse de facturation (rue)|"
        "Adresse de facturation (Code postal)|Adresse de facturation (ville)|"
        "Adresse de facturation (pays)|Région de l'adresse de facturation|"
        "Identifiant de TVA|Canal de vente|Langue de la commande|Adresse e-mail vérifiée|"
        "Identifiant de commerçant externe|Listes d'enregistrement|"
        "Fournisseurs de paiement|Lien vers la commande"
    ),
    "sv": _split(
        "Förkortning för evenemanget|Event namn|Bokningsnummer|Positions-ID|Status|E-post|"
        "Telefonnummer|Bokningsdatum|Tid för bokning|Datum|Start datum|Slut datum|Produkt|"
        "Produkt ID|Variation|Variations ID|Pris|Skattesats|Skatteregel|Skattevärde|"
        "Namn på deltagare|Namn på deltagare: Förnamn|Namn på deltagare: Efternamn|"
        "E-post till deltagare|Deltagarens företag|Adress|Postnummer|Stad|Land|Region|"
        "Kupong|Voucher budget usage|Voucher tag|Pseudonymisations-ID|Klient-hemlighet|"
        "Stol ID|Stol namn|Stol zon|Stol rad|Stol nummer|Blockad|Giltig från|Giltig till|"
        "Bokningskommentar|Uppföljningsdatum|Add-on to position ID|Fakturaadress företag|"
        "Faktureringsadress|Faktureringsadress: Förnamn|Faktureringsadress: Efternamn|"
        "Fakturaadress postnummer|Fakturaadress postnummer|Fakturaadress stad|"
        "Fakturaadress land|Postnummer för fakturan|Organisationsnummer|Säljkanal|"
        "Språk på bokningen|Email adress verifierad|Externt kund ID|Incheckningslistor|"
        "Betalningsleverantörer|Position order link"
    ),
    "fi": _split(
        "Tapahtuman tunniste|Tapahtuman nimi|Tilauskoodi|Paikkatunniste|Tila|Sähköposti|"
        "Puhelinnumero|Tilauksen päivämäärä|Tilauksen aika|Päivämäärä|Alkupäivämäärä|"
        "Loppupäivämäärä|Tuote|Tuotetunnus|Variaatio|Variaation tunniste|Hinta|"
        "Veroprosentti|Verosääntö|Verotusarvo|Osallistujan nimi|Osallistujan nimi: Etunimi|"
        "Osallistujan nimi: Sukunimi|Osallistujan sähköposti|Osallistujan yritys|Osoite|"
        "Postinumero|Kaupunki|Maa|Maakunta|Kuponki|Voucher budget usage|Voucher tag|"
        "Pseudonymisointitunniste|Lipun salaisuus|Istuintunniste|Istuimen nimi|"
        "Paikkavyöhyke|Paikkarivi|Paikkanumero|Blokattu|Voimassa alkaen|Voimassa kunnes|"
        "Tilauksen kommentti|Seurantapäivämäärä|lisäosa työtehtävään liittyvään tunnukseen|"
        "Laskun osoite yritys|Laskutusosoiteen nimi|Laskutusosoiteen nimi: Etunimi|"
        "Laskutusosoiteen nimi: Sukunimi|Laskutusosoiteen kadunnimi|"
        "Laskutusosoitteen postinumero|Laskutusosoitteen kaupunki|Laskutusosoitteen maa|"
        "Laskutusosoitteen maakunta|Alv-numero|Myyntikanavat|Tilauksen kieli|"
        "Sähköpostiosoite vahvistettu|Asiakastunnus|Ilmoittautumisluettelot|"
        "Maksunvälittäjät|Position order link"
    ),
}
"""63 column names by language, in the order of the columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What stands in the cells."""

    statuses: tuple[str, str, str]  # by book.Status
    decimal: str
    online: str
    no: str
    tax_rule: str
    payment: str
    prices: tuple[str, ...]  # by book.Price; chosen by the organiser, not by pretix


BOX_OFFICE = "Box office"
"""A sales channel's own name is not translated."""

WORDS: dict[str, Words] = {
    "en": Words(
        statuses=("paid", "canceled", "expired"), decimal=".",
        online="Online shop", no="No", tax_rule="incl. 7% VAT", payment="Manual payment",
        prices=_split("Adult|Reduced|Student / under 26|Complimentary|Group"),
    ),
    "da": Words(
        statuses=("betalt", "annulleret", "udløbet"), decimal=",",
        online="Netbutik", no="Nej", tax_rule="inkl. 7% VAT", payment="Manuel betaling",
        prices=_split("Voksen|Nedsat pris|Student / under 26|Fribillet|Gruppe"),
    ),
    "nl": Words(
        statuses=("betaald", "geannuleerd", "verlopen"), decimal=",",
        online="Online winkel", no="Nee", tax_rule="incl. 7% VAT", payment="Handmatige betaling",
        prices=_split("Volwassene|Gereduceerd|Student / tot 26|Vrijkaart|Groep"),
    ),
    "fr": Words(
        statuses=("Payé", "annulé", "expiré"), decimal=",",
        online="Boutique en ligne", no="Non", tax_rule="incl. 7% VAT", payment="Paiement manuel",
        prices=_split("Adulte|Tarif réduit|Étudiant / moins de 26 ans|Invitation|Groupe"),
    ),
    "sv": Words(
        statuses=("Betald", "Avbokad", "Utgången"), decimal=",",
        online="Onlinebutik", no="Nej", tax_rule="inkl. 7% VAT", payment="Manuell betalning",
        prices=_split("Vuxen|Rabatterad|Student / under 26|Fribiljett|Grupp"),
    ),
    "fi": Words(
        statuses=("maksettu", "peruutettu", "vanhentunut"), decimal=",",
        online="Verkkokauppa", no="Ei", tax_rule="sis. 7% VAT", payment="Manuaalinen maksu",
        prices=_split("Aikuinen|Alennettu|Opiskelija / alle 26|Vapaalippu|Ryhmä"),
    ),
}  # fmt: skip
