"""Header synonyms of the fields that fewer exports have.

None of them is needed: a column that is not found costs a figure, and two columns that
answer equally well to one of these fields are both left alone.
"""

EXTRA: dict[str, str] = {
    "phone": "phone|phone number|mobile|mobile phone|cell phone|telephone|buyer phone|telefon"
    "|telefonnummer|mobilnummer|telefoon|telefoonnummer|mobiel|numero de telephone|portable"
    "|mobiltelefon|puhelin|puhelinnumero",
    "card": "card number|member card|membership number|loyalty card|loyalty number|kortnummer"
    "|medlemsnummer|museumkaartnummer|kaartnummer pas|pasnummer|numero de carte|numero d adherent"
    "|medlemskort|jasennumero|kortin numero",
    "gender": "gender|sex|buyer gender|kon|geslacht|sexe|genre du client|civilite|sukupuoli",
    "venue": "venue|venue name|hall|auditorium|spillested|sal|zaal|speellocatie|salle|lieu"
    "|nom de la salle|spelplats|lokal|esityspaikka|salin nimi",
    "capacity": "capacity|house capacity|seats for sale|sellable capacity|kapacitet|antal pladser"
    "|capaciteit|zaalcapaciteit|jauge|capacite|antal platser|kapasiteetti|paikkamaara",
    "face": "face value|original price|list price|price before discount|base price|ordinaer pris"
    "|oorspronkelijke prijs|valeur faciale|prix initial|ordinarie pris|alkuperainen hinta",
    "fee": "fee|fees|booking fee|service fee|transaction fee|gebyr|billetgebyr|servicekosten"
    "|toeslag|frais|frais de service|frais de location|avgift|bokningsavgift|palvelumaksu"
    "|toimitusmaksu",
    "valid_days": "valid days|days of validity|gyldige dage|geldige dagen|jours de validite"
    "|giltiga dagar|voimassaolopaivat",
    "package_id": "package id|subscription id|bundle id|abonnementsnr|abonnementsnummer"
    "|numero d abonnement|abonnemangsnummer|kausikorttinumero",
    "consent_marketing_email": "newsletter|newsletter opt in|marketing opt in|email opt in"
    "|marketing consent|accepts marketing|nyhedsbrev|nieuwsbrief|infolettre|nyhetsbrev"
    "|uutiskirje|markkinointilupa",
    "consent_consortium_statistics": "statistics consent|consent statistics|samtykke statistik"
    "|toestemming statistiek|consentement statistiques|samtycke statistik|tilastolupa",
}
"""By canonical field, folded, parted by `|`."""
