"""`python -m foyer_demo.house SPEC`: types, one after another, what one institution types.

The commands are those of `foyer-node`, run in one process so that six institutions start
quickly on one machine: `init`, `enrol`, `import` for each export, then `run`.
"""

import json
import sys
from pathlib import Path

from foyer_node.cli import app
from foyer_node.config import CONFIG_NAME


def type_command(*words: str, folder: Path) -> None:
    """Run one `foyer-node` command to its end; a refusal ends this process with its status."""
    status = app([*words, "--dir", str(folder)], standalone_mode=False)
    if status:
        sys.exit(status)


def main(spec: Path) -> None:
    """Make, enrol, fill and run the node that `spec` (a JSON file) describes."""
    house = json.loads(spec.read_text(encoding="utf-8"))
    folder, facts = Path(house["folder"]), house["facts"]
    type_command(
        "init",
        facts["slug"],
        *("--name", facts["name"], "--country", facts["country"], "--type", facts["type"]),
        *("--size-band", facts["size_band"], "--timezone", facts["timezone"]),
        *("--currency", facts["currency"]),
        folder=folder,
    )
    settings = folder / CONFIG_NAME
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("[web]\n", "[web]\nport = 0\n", 1), encoding="utf-8")
    type_command("enrol", house["invitation"], folder=folder)
    for export in house["exports"]:
        type_command("import", export, "--apply", folder=folder)
    if house["run"]:
        type_command("run", folder=folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
