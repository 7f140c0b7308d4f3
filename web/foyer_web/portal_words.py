"""Words that only the portal says: the ways to look at a figure, and what runs there."""

from foyer_web.languages import N_

WAYS: dict[str, str] = {
    "compare": N_("Compare"),
    "time": N_("Over time"),
    "map": N_("Map"),
}
"""By the name in the address."""

VERSIONS: dict[str, str] = {
    "software": N_("Software"),
    "protocol": N_("Protocol"),
    "catalogue": N_("Catalogue of statistics"),
}
