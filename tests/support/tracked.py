"""The files of the repository, as git knows them."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def tracked(*patterns: str) -> list[Path]:
    """Files that are in git or about to be, that exist and match one of `patterns`.

    Empty where this is no checkout, such as an unpacked archive.
    """
    words = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", *patterns]
    listed = subprocess.run(words, cwd=ROOT, capture_output=True, check=False).stdout
    names = sorted({name.decode() for name in listed.split(b"\0") if name})
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def text_of(path: Path) -> str:
    """Its text, or nothing if it is not text."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""
