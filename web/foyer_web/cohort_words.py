"""What cohorts are called: the codes of the public grid, in the reader's language."""

from foyer_protocol.catalogue.grid import WHOLE
from foyer_web.cohorts import CohortView
from foyer_web.languages import N_
from foyer_web.words import Words

NAMES: dict[str, str] = {
    "XS": N_("Very small houses"),
    "S": N_("Small houses"),
    "M": N_("Middle-sized houses"),
    "L": N_("Large houses"),
    "XL": N_("Very large houses"),
    "XS-S": N_("Small and very small houses"),
    "L-XL": N_("Large and very large houses"),
    "PERFORMING": N_("Performing arts"),
    "STAGE": N_("Stage"),
    "STAGES": N_("Stages"),
    "THEATRE": N_("Theatre"),
    "MUSICAL": N_("Musical"),
    "OPERA": N_("Opera"),
    "DANCE": N_("Dance"),
    "COMEDY": N_("Comedy"),
    "CIRCUS": N_("Circus"),
    "VARIETY_CABARET": N_("Variety and cabaret"),
    "SPOKEN_WORD": N_("Spoken word"),
    "PUPPETRY": N_("Puppetry"),
    "STREET_OUTDOOR": N_("Street and outdoor arts"),
    "MUSIC": N_("Music"),
    "MUSIC_CLASSICAL": N_("Classical music"),
    "MUSIC_JAZZ": N_("Jazz"),
    "MUSIC_POP": N_("Pop and rock"),
    "MUSIC_WORLD": N_("World music"),
    "VISITED": N_("Museums and heritage"),
    "EXHIBITIONS": N_("Exhibitions"),
    "HERITAGE_VISIT": N_("Heritage visits"),
    "EXHIB_ART": N_("Art exhibitions"),
    "EXHIB_HISTORY": N_("History exhibitions"),
    "EXHIB_SCIENCE_NATURE": N_("Science and nature exhibitions"),
    "MUSEUM_ADMISSION": N_("Museum admission"),
    "FILM": N_("Film"),
    "FESTIVAL_MULTI": N_("Festivals of several arts"),
    "TALK_LITERATURE": N_("Talks and literature"),
    "WORKSHOP": N_("Workshops"),
    "FAMILY_CHILDREN": N_("For families and children"),
    "OTHER": N_("Other"),
    "MUSIC_HOUSES": N_("Music houses"),
    "OPERA_HOUSE": N_("Opera houses"),
    "DANCE_COMPANY": N_("Dance companies"),
    "TOURING_COMPANY": N_("Touring companies"),
    "CONCERT_HALL": N_("Concert halls"),
    "MUSIC_VENUE": N_("Music venues"),
    "ORCHESTRA": N_("Orchestras"),
    "MUSEUM": N_("Museums"),
    "HERITAGE_SITE": N_("Heritage sites"),
    "GALLERY_KUNSTHALLE": N_("Galleries and art halls"),
    "MUSEUM_ART": N_("Art museums"),
    "MUSEUM_HISTORY_ARCH": N_("Museums of history and archaeology"),
    "MUSEUM_SCIENCE_NATURE": N_("Museums of science and nature"),
    "MUSEUM_OTHER": N_("Other museums"),
    "SCREENS": N_("Cinemas of all kinds"),
    "CINEMA": N_("Cinemas"),
    "FILM_THEATRE": N_("Art-house cinemas"),
    "FESTIVAL": N_("Festivals"),
    "CULTURE_HOUSE": N_("Culture houses"),
}
"""By code; territories are named by their country, in words of the language itself."""


def cohort_name(cohort: CohortView, words: Words) -> str:
    """A cohort as a row of a table begins.

    A region is said by its country and its code, which is what the statistical offices call it.
    """
    if cohort.code == WHOLE:
        return words.say(N_("All others"))
    country = "GB" if cohort.code[:2] == "UK" else cohort.code[:2]
    if cohort.code in NAMES:
        name = words.say(NAMES[cohort.code])
    elif len(cohort.code) == 2:
        name = words.country(country)
    else:
        name = f"{words.country(country)}, {cohort.code}"
    return words.say(N_("%(name)s: the others"), name=name) if cohort.rest else name
