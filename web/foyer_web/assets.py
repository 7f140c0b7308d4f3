"""Static files under names that carry their content's hash, so that they may be cached for ever."""

import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

SERVED = (
    "foyer.css", "forms.css", "htmx.min.js", "icon.svg", "insight.css", "passkeys.js", "portal.css",
)  # fmt: skip
"""The files a page may ask for. Everything else in `static/` stays here."""

CACHE_CONTROL = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One file as it is served."""

    name: str  # with its hash: "foyer.1a2b3c4d5e.css"
    media_type: str
    content: bytes


@cache
def assets() -> dict[str, Asset]:
    """Every served file, by its plain name."""
    folder = files("foyer_web").joinpath("static")
    found = {}
    for plain in SERVED:
        content = folder.joinpath(plain).read_bytes()
        stem, dot, ending = plain.rpartition(".")
        digest = hashlib.sha256(content).hexdigest()[:10]
        kind = mimetypes.guess_type(plain)[0] or "application/octet-stream"
        found[plain] = Asset(name=f"{stem}.{digest}{dot}{ending}", media_type=kind, content=content)
    return found


@cache
def _by_hashed_name() -> dict[str, Asset]:
    return {asset.name: asset for asset in assets().values()}


def asset_named(hashed: str) -> Asset | None:
    """The file behind a name in a page, or None: a stale or unknown name is a 404."""
    return _by_hashed_name().get(hashed)
