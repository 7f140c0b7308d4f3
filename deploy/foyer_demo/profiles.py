"""Twelve invented institutions: who they are, how they sell and what their file looks like.

The default consortium is the first six. Shares follow the sector's constants (KPI
catalogue D.4): some 60 % sold online, a fifth on the day itself, tills that know nobody.
Every institution sells in EUR, the network's only currency for now: nothing is converted.
"""

from dataclasses import dataclass
from typing import Literal

Export = Literal["pretix", "delimited", "till", "workbook"]
"""Which module of `foyer_demo.formats` writes the file."""

Schedule = Literal["evenings", "weekends", "festival", "museum", "cinema"]
"""Which weekly pattern `foyer_demo.schedule` draws the events from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One institution. Shares are between 0 and 1; money is in cents."""

    slug: str
    name: str
    country: str  # ISO 3166-1, two letters
    kind: str  # institution_type of the data model
    timezone: str  # IANA
    export: Export
    style: str  # the pretix language, or the name of a delimited style
    home_area: str  # first character(s) of the postcodes around the house
    schedule: Schedule
    bookers: int  # known bookers of the last year, at scale 1
    anonymous_share: float  # of all orders: the till
    online_share: float  # of the orders with a known visitor
    postcode_coverage: float  # of the known visitors
    tickets_per_order: float
    same_day_share: float  # of the orders with a known visitor
    lead_days: float  # median lead time of the other orders
    full_price: int
    free_share: float  # of all lines
    refund_share: float  # of all orders
    titles: tuple[str, ...]
    till_orders: int = 0  # of the last year, at scale 1, where nobody is known
    asks_country: bool = True  # False: the form takes postcodes of its own country only

    @property
    def knows_visitors(self) -> bool:
        """Whether its file says who bought: a till's does not, nor where or how."""
        return self.export != "till"


PROFILES: tuple[Profile, ...] = (
    Profile(
        slug="kanalteatret", name="Kanalteatret", country="DK", kind="THEATRE",
        timezone="Europe/Copenhagen", export="pretix", style="da", home_area="2",
        schedule="evenings", bookers=4300, anonymous_share=0.17, online_share=0.78,
        postcode_coverage=0.86, tickets_per_order=2.1, same_day_share=0.11, lead_days=23,
        full_price=2400, free_share=0.05, refund_share=0.025,
        titles=("Vinterhavnen", "De Tavse Søstre", "Hr. Blom rejser", "Glasbjerget", "Natbussen"),
    ),
    Profile(
        slug="muziekhuis-waterlijn", name="Muziekhuis Waterlijn", country="NL",
        kind="CONCERT_HALL", timezone="Europe/Amsterdam", export="pretix", style="nl",
        home_area="3", schedule="weekends", bookers=3900, anonymous_share=0.16,
        online_share=0.84, postcode_coverage=0.93, tickets_per_order=1.9,
        same_day_share=0.09, lead_days=34, full_price=2500, free_share=0.03, refund_share=0.02,
        titles=("Strijkkwartet aan zee", "Jazz op de kade", "Koor in de nacht", "Nieuwe klanken"),
    ),
    Profile(
        slug="festival-des-rives", name="Festival des Rives", country="FR", kind="FESTIVAL",
        timezone="Europe/Paris", export="pretix", style="fr", home_area="4",
        schedule="festival", bookers=2300, anonymous_share=0.24, online_share=0.80,
        postcode_coverage=0.78, tickets_per_order=2.5, same_day_share=0.16, lead_days=38,
        full_price=1800, free_share=0.07, refund_share=0.02,
        titles=("L'Île aux lanternes", "Le Bal des marées", "Contes du fleuve", "Cirque minuscule"),
    ),
    Profile(
        slug="ljusgarden", name="Konstmuseet Ljusgården", country="SE", kind="MUSEUM_ART",
        timezone="Europe/Stockholm", export="delimited", style="svensk", home_area="2",
        schedule="museum", bookers=3600, anonymous_share=0.42, online_share=0.72,
        postcode_coverage=0.76, tickets_per_order=1.8, same_day_share=0.22, lead_days=7,
        full_price=1250, free_share=0.12, refund_share=0.01, asks_country=False,
        titles=("Färg och frost", "Nordiska rum", "Papper, sax, sten"),
    ),
    Profile(
        slug="lantern-pictures", name="The Lantern Pictures", country="GB", kind="CINEMA",
        timezone="Europe/London", export="delimited", style="english", home_area="BS",
        schedule="cinema", bookers=3000, anonymous_share=0.33, online_share=0.82,
        postcode_coverage=0.71, tickets_per_order=1.9, same_day_share=0.26, lead_days=5,
        full_price=950, free_share=0.04, refund_share=0.015,
        titles=("The Salt Road", "Seven Umbrellas", "Paper Moons of May", "A Quiet Reel", "Hush"),
    ),
    Profile(
        slug="tuulimylly", name="Kulttuuritalo Tuulimylly", country="FI", kind="CULTURE_HOUSE",
        timezone="Europe/Helsinki", export="workbook", style="suomi", home_area="02",
        schedule="evenings", bookers=1400, anonymous_share=0.20, online_share=0.76,
        postcode_coverage=0.88, tickets_per_order=2.3, same_day_share=0.15, lead_days=15,
        full_price=1700, free_share=0.06, refund_share=0.02,
        titles=("Hiljainen saari", "Yöjuna pohjoiseen", "Pienten konsertti", "Kivi ja tuuli"),
    ),
    Profile(
        slug="sluishuis", name="Museum Het Sluishuis", country="BE",
        kind="MUSEUM_HISTORY_ARCH", timezone="Europe/Brussels", export="till", style="till",
        home_area="9", schedule="museum", bookers=0, anonymous_share=1.0, online_share=0.0,
        postcode_coverage=0.0, tickets_per_order=2.0, same_day_share=0.8, lead_days=5,
        full_price=1000, free_share=0.15, refund_share=0.0,
        titles=("Stad aan het water", "Kanten en kaden"), till_orders=2600,
    ),
    Profile(
        slug="hafenbogen", name="Schauspiel am Hafenbogen", country="DE", kind="THEATRE",
        timezone="Europe/Berlin", export="pretix", style="en", home_area="2",
        schedule="evenings", bookers=3400, anonymous_share=0.21, online_share=0.74,
        postcode_coverage=0.90, tickets_per_order=2.0, same_day_share=0.10, lead_days=26,
        full_price=2300, free_share=0.05, refund_share=0.03,
        titles=("Die Kartenleserin", "Sturm im Depot", "Alle Vögel Grau", "Kein Ufer"),
    ),
    Profile(
        slug="alvsalen", name="Konserthuset Älvsalen", country="SE", kind="CONCERT_HALL",
        timezone="Europe/Stockholm", export="pretix", style="sv", home_area="4",
        schedule="weekends", bookers=3100, anonymous_share=0.18, online_share=0.85,
        postcode_coverage=0.92, tickets_per_order=2.0, same_day_share=0.08, lead_days=31,
        full_price=2500, free_share=0.03, refund_share=0.02,
        titles=("Vårens ljud", "Sju sånger", "Orgelnatt"),
    ),
    Profile(
        slug="museo-saarni", name="Museo Saarni", country="FI", kind="MUSEUM_ART",
        timezone="Europe/Helsinki", export="pretix", style="fi", home_area="33",
        schedule="museum", bookers=2400, anonymous_share=0.38, online_share=0.70,
        postcode_coverage=0.66, tickets_per_order=1.8, same_day_share=0.34, lead_days=7,
        full_price=1500, free_share=0.14, refund_share=0.01,
        titles=("Valo ja lanka", "Metsän arkisto"),
    ),
    Profile(
        slug="maison-erables", name="Maison de danse des Érables", country="CA",
        kind="DANCE_COMPANY", timezone="America/Toronto", export="delimited",
        style="francophone", home_area="H", schedule="weekends", bookers=2100,
        anonymous_share=0.22, online_share=0.81, postcode_coverage=0.89,
        tickets_per_order=2.0, same_day_share=0.12, lead_days=20, full_price=2200,
        free_share=0.10, refund_share=0.02,
        titles=("Corps de neige", "Traverse", "Le Poids des ailes"),
    ),
    Profile(
        slug="pakhus-ni", name="Kulturhuset Pakhus Ni", country="DK", kind="CULTURE_HOUSE",
        timezone="Europe/Copenhagen", export="delimited", style="dansk", home_area="8",
        schedule="evenings", bookers=1900, anonymous_share=0.28, online_share=0.79,
        postcode_coverage=0.80, tickets_per_order=2.2, same_day_share=0.18, lead_days=13,
        full_price=1900, free_share=0.06, refund_share=0.02,
        titles=("Fællessang i gården", "Stand-up på lageret", "Børnenes scene"),
    ),
)  # fmt: skip
"""In the order in which a consortium of n takes them."""
