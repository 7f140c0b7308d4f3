"""Promise: there is nothing about a visitor in a support bundle, and no secret either.

Everything that must not be in it is planted in a node that has imported, taken part and failed:
visitors, orders and labels of the box office, names of files, keys, tokens, passwords. Then the
archive, its members and their names are searched for each of these in every form.
"""

import base64
import io
import json
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from tests.architecture.test_canary import CANARY, LOCAL_PART, write_export
from tests.support.damaged_nodes import make_whole_node
from tests.support.local_node import CANARY as LOCAL_CANARY
from tests.support.troubled_doors import closed_port
from typer.testing import CliRunner

from foyer_node.app import reading_store
from foyer_node.cli import app
from foyer_node.config import NodeConfig, read_config
from foyer_node.setup import FileHints, import_export
from foyer_node.support.bundle import Bundle, collect
from foyer_node.support.contents import CONTENTS

TOKEN = "tok3n-of-the-shop-91c2"
PASSWORD = "geheim-vom-proxy-55d1"
LABEL = "Skabelonbillet-6b1f"
FILE = "Salgsliste-Jensen-2026"
DOMAIN = "mailhus-e41a.example"
NAME = "Museet-for-Duer-aa09"
HOST = "koordinator-77ee.invalid"
WORDS = (CANARY, LOCAL_PART, LOCAL_CANARY, TOKEN, PASSWORD, LABEL, FILE, DOMAIN, NAME)


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> NodeConfig:
    folder = tmp_path_factory.mktemp("bundled")
    config = make_whole_node(folder)
    export = write_export(folder / f"{FILE}.csv")
    lines = export.read_text(encoding="utf-8").replace(",web\n", f",{LABEL}\n").splitlines()
    lines[3] = lines[3].replace(",30.00,", f",{LOCAL_PART} kroner,")
    export.write_text("\n".join(lines) + "\n", encoding="utf-8")
    import_export(config, export, apply=True, hints=FileHints(source_system="again"))
    settings = config.path("node.toml").read_text(encoding="utf-8")
    settings = settings.replace('name = "Kanal & Kompagni"', f'name = "{NAME}"')
    settings = settings.replace("[data]\n", f'[data]\nstaff_domains = ["{DOMAIN}"]\n', 1)
    settings += (
        f'\n[[sources]]\nname = "till"\nfolder = "{FILE}"\n'
        f'[[sources]]\nname = "shop"\nurl = "https://{DOMAIN}"\norganizer = "{LABEL}"\n'
        f'event = "e"\ntoken_file = "{TOKEN}"\n'
    )
    config.path("node.toml").write_text(settings, encoding="utf-8")
    seen = {"failures": 2, "refusal": LABEL, "cursor": CANARY, "seen": {f"{FILE}.csv": "1:2"}}
    config.path("pulls.json").write_text(json.dumps({"till": seen}))
    config.path(f"{FILE}.csv").write_text(CANARY)
    config.path("plans", f"{FILE}.json").write_bytes(
        config.path("plans", "season-2026.json").read_bytes()
    )
    return read_config(config.folder)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("log") / f"{FILE}.log"
    path.write_text(
        "2026-11-24 19:00:00,123 foyer.node a frame was refused [storage]\n"
        f"2026-11-24 19:00:01,123 foyer.node.{CANARY} {LOCAL_PART}@example.org [{LABEL}]\n"
        f"2026-11-24 19:00:02,123 foyer.node ValueError at app.py:31 of {CANARY}\n"
        f"2026-11-24 19:00:03,123 foyer.node.web Canary7f3a at {LABEL.replace('-', '')}.py:9\n"
        f"{LOCAL_PART}@example.org\n",
        encoding="utf-8",
    )
    return path


def forms(raw: bytes) -> list[bytes]:
    """What a text or a key can look like; of base 64, what is there at any offset."""
    found = [raw, raw[::-1], raw.hex().encode()]
    for at in range(3):
        padded = base64.b64encode(b"\0" * at + raw)
        found.append(padded[4 if at else 0 : len(padded) - 4])
    if raw.isascii():
        found += [raw.decode().encode("utf-16-le"), raw.decode().encode("utf-16-be")]
    return [form.lower() for form in found]


def secrets_of(config: NodeConfig) -> list[bytes]:
    keys = [path.read_bytes() for path in sorted(config.path("keys").iterdir())]
    long = [
        line for key in keys if key.startswith(b"-----") for line in key.split() if len(line) > 40
    ]
    short = [key[:32] for key in keys if not key.startswith(b"-----")]
    assert len(short) >= 5
    return long + short


def stored_labels(config: NodeConfig) -> list[bytes]:
    with reading_store(config) as store:
        batches = store.batches()
        told = """SELECT DISTINCT channel_label FROM "order" WHERE channel_label IS NOT NULL
                  UNION SELECT DISTINCT visitor_id::VARCHAR FROM visitor
                  UNION SELECT DISTINCT order_id::VARCHAR FROM "order" ORDER BY ALL"""
        labels = store.execute_measure(told, ())
    assert len(batches) == 2
    digests = [batch.file_sha256 for batch in batches] + [batch.batch_id for batch in batches]
    names = [str(name) for (name,) in labels if len(str(name)) > 3]
    assert LABEL in names
    assert len(names) > 100
    return [one.encode() for one in (*digests, *names)]


def everything_in(bundle: Bundle) -> list[bytes]:
    raw = bundle.as_zip()
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        assert set(archive.namelist()) == set(CONTENTS)
        members = [archive.read(name) for name in archive.namelist()]
        notes = [archive.comment, *(one.comment + one.extra for one in archive.infolist())]
    return [raw, *members, *notes, "\n".join(CONTENTS).encode()]


def found_in(bundle: Bundle, planted: list[bytes]) -> list[bytes]:
    content = b"\n".join(everything_in(bundle)).lower()
    return [one for one in planted if any(form in content for form in forms(one))]


@pytest.fixture(scope="module")
def bundle(node: NodeConfig, log: Path) -> Bundle:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("https_proxy", f"http://museum:{PASSWORD}@127.0.0.1:{closed_port()}")
        patch.setenv("FOYER_TEST_TOKEN", TOKEN)
        return collect(node.folder, log=log, with_places=True)


def planted_in(node: NodeConfig) -> list[bytes]:
    return [*(word.encode() for word in WORDS), *secrets_of(node), *stored_labels(node)]


def test_the_search_would_find_each_form() -> None:
    for form in forms(CANARY.encode()):
        bundle = Bundle(made=datetime(2026, 1, 1), members=dict.fromkeys(CONTENTS, b"<" + form))
        assert found_in(bundle, [CANARY.encode()])


def test_no_visitor_label_file_name_key_or_token_is_in_it(node: NodeConfig, bundle: Bundle) -> None:
    assert found_in(bundle, planted_in(node)) == []


def test_it_says_enough_to_help(bundle: Bundle) -> None:
    told = {
        name: json.loads(text) for name, text in bundle.members.items() if name.endswith(".json")
    }
    codes = {one["name"]: one["code"] for one in told["doctor.json"]["findings"]}
    assert codes["sources"] == "sources-fail"
    assert told["store.json"]["tables"]["order"] == "100 to 999"
    assert told["store.json"]["schema_version"] == told["store.json"]["known_schema_version"]
    assert told["outbox.json"]["last"][0]["kind"] == "control: hello"
    assert told["ledger.json"]["verified"]
    assert told["settings.json"]["data"]["staff_domains"] is True
    assert told["files.json"]["files"]["keys/identity.key"]["mode"] == "600"
    assert bundle.members["log.txt"].decode().splitlines() == [
        "2026-11-24 19:00:00 foyer.node [storage]",
        "2026-11-24 19:00:02 foyer.node ValueError at app.py:31",
        "2026-11-24 19:00:03 foyer.node.web",
    ]


def test_no_number_in_it_counts_a_visitor_or_an_order(node: NodeConfig, bundle: Bundle) -> None:
    store = json.loads(bundle.members["store.json"])
    assert all(" to " in size or size == "none" for size in store["tables"].values())
    assert len(store["data_until"]) == len("2026-11"), (
        "the month, since a day could be one person's"
    )
    doctor = json.loads(bundle.members["doctor.json"])
    (data,) = [one for one in doctor["findings"] if one["name"] == "data"]
    assert data["values"] == {"until": store["data_until"]}


def test_addresses_are_in_it_only_if_they_are_asked_for(node: NodeConfig, tmp_path: Path) -> None:
    facts = json.loads(node.path("network.json").read_text())
    before = node.path("network.json").read_bytes()
    changed = dict.fromkeys(("control_address", "fleet_address"), HOST + ":1")
    node.path("network.json").write_text(json.dumps(facts | changed))
    try:
        without, with_them = collect(node.folder), collect(node.folder, with_places=True)
    finally:
        node.path("network.json").write_bytes(before)
    assert found_in(without, [HOST.encode()]) == []
    assert found_in(with_them, [HOST.encode()]) == [HOST.encode()]


def test_a_broken_node_gives_nothing_away_either(
    node: NodeConfig, log: Path, tmp_path: Path
) -> None:
    """The same words where the program expects something else."""
    folder = tmp_path / "node"
    (folder / "keys").mkdir(parents=True)
    nonsense = f'{CANARY} = "{TOKEN}"\n{{"{LABEL}": "{LOCAL_PART}@example.org"}}\n'
    places = ("node.toml", "network.json", "ledger.jsonl", "pulls.json", "pages.url", "roster.bin",
              "store.duckdb", "questions.jsonl", "keys/helper.key", "keys/identity.key",
              "outbox/index.jsonl", "plans/x.json", f"keys/{FILE}.key")  # fmt: skip
    for place in places:
        (folder / place).parent.mkdir(exist_ok=True)
        (folder / place).write_text(nonsense)
    words = [word.encode() for word in WORDS]
    assert found_in(collect(folder, log=log, with_places=True), words) == []


def test_the_command_says_first_what_is_not_in_it_and_asks(
    node: NodeConfig, tmp_path: Path
) -> None:
    out = tmp_path / "bundle.zip"
    words = ["support-bundle", "--dir", str(node.folder), "--out", str(out)]
    no = CliRunner().invoke(app, words, input="n\n")
    assert no.exit_code == 1
    assert no.output.startswith("There is nothing about a visitor in a support bundle")
    assert all(name in no.output for name in CONTENTS)
    assert not out.exists()
    done = CliRunner().invoke(app, words, input="y\n")
    assert done.exit_code == 0, done.output
    assert out.stat().st_mode & 0o777 == 0o600
    again = CliRunner().invoke(app, [*words, "--yes", "--json"])
    assert again.exit_code == 10, "an older bundle is not written over"
    other = tmp_path / "other.zip"
    made = CliRunner().invoke(app, [*words[:-1], str(other), "--yes", "--json"])
    assert json.loads(made.stdout)["bytes"] == other.stat().st_size
