"""The four colours of every chart, and the width all are drawn at.

`svg` gives each colour a class, by which the style sheet recolours it for dark mode and
print; without a style sheet they are right on white.
"""

WIDTH = 400
INK, FAINT, PEERS, OWN = "#24221f", "#d8d4cb", "#2f5f8f", "#8f2f2f"

COLOUR_CLASSES: dict[str, str] = {INK: "ink", FAINT: "faint", PEERS: "peers", OWN: "own"}
