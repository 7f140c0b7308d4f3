"""What a support bundle promises and holds, said before it is made. Light: `--help` needs it."""

PROMISE = (
    "There is nothing about a visitor in a support bundle: no row, name, address, order or label,"
    " no exact count, no name of a file that was imported, and no key, token or password."
)

CONTENTS: dict[str, str] = {
    "README.txt": "this list",
    "doctor.json": "what `foyer-node doctor` finds, as codes, without its sentences",
    "versions.json": "versions of the program, the catalogue, Python and libraries",
    "settings.json": "settings of node.toml; of free text only whether something stands there",
    "store.json": "schema version, and the order of magnitude of each table",
    "ledger.json": "privacy spent by period; no round is named",
    "outbox.json": "kind, size and time of what left; no content",
    "sources.json": "how often pulls failed; no source is named",
    "files.json": "rights and order of size of the node's own files",
    "log.txt": "of each log line the time, the module, the code, and an error's name and place",
}
"""What each file holds, by its name in the archive."""
