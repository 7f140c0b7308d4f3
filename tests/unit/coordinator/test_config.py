"""Settings are read strictly: what is unknown or impossible is named, and nothing starts."""

import re
import tomllib
from pathlib import Path

import pytest

from foyer_coordinator.config import CoordinatorConfig, Network, read_config, render_config
from foyer_protocol.errors import ConfigError

SAMPLE = Path(__file__).parents[3] / "deploy" / "samples" / "coordinator.toml"


def write(folder: Path, text: str) -> Path:
    (folder / "coordinator.toml").write_text(text, encoding="utf-8")
    return folder


def test_the_sample_can_be_read_and_shows_every_setting(tmp_path):
    text = SAMPLE.read_text(encoding="utf-8")
    config = read_config(write(tmp_path, text))
    assert config.portal.public_url == "https://figures.example.org"
    shown = set(re.findall(r"^#? ?([a-z_]+) = ", text, re.MULTILINE))
    sections = CoordinatorConfig.model_fields.keys() - {"folder"}
    known = {name for section in sections for name in type(getattr(config, section)).model_fields}
    assert shown == known


def test_the_samples_comments_are_the_defaults(tmp_path):
    text = SAMPLE.read_text(encoding="utf-8")
    bare = read_config(write(tmp_path, '[network]\nslug = "kulturnet"\n'))
    for section in ("listen", "portal", "rounds"):
        body = text.split(f"[{section}]")[1].split("\n[")[0]
        commented = "\n".join(re.findall(r"^# ([a-z_]+ = .*)$", body, re.MULTILINE))
        for name, value in tomllib.loads(commented).items():
            assert getattr(getattr(bare, section), name) == value, name


def test_a_new_coordinators_file_can_be_read_back(tmp_path):
    network = Network(slug="kulturnet", title='Kultur "net" \\ Æ', currency="DKK")
    config = read_config(write(tmp_path, render_config(network)))
    assert config == CoordinatorConfig(network=network, folder=tmp_path)


def test_without_a_database_the_book_is_in_the_folder(tmp_path):
    config = read_config(write(tmp_path, '[network]\nslug = "kulturnet"\n'))
    assert config.database_url == f"sqlite:///{tmp_path / 'book.sqlite'}"
    assert config.title == "kulturnet"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("[portal]\nprot = 1\n", "portal.prot is no setting; portal.port is"),
        ("[lisen]\nhost = 'x'\n", "lisen is no setting; listen is"),
        ("[rounds]\nfleet_port = 1\n", "rounds.fleet_port is no setting; listen.fleet_port is"),
        ("[portal]\nport = 99999\n", "portal.port"),
        ("[portal]\npublic_url = 'ftp://x'\n", "portal.public_url"),
        ("[portal]\nlanguage = 'English'\n", "portal.language"),
        ("[rounds]\nreport_seconds = 0\n", "rounds.report_seconds"),
        ("[database]\nurl = 'postgresql://a:hunter2@b/c'\n", "holds a password"),
        ("[database]\nurl = 'postgresql://a@b/c?password=hunter2'\n", "holds a password"),
        ("folder = '/'\n", "folder is no setting"),
        ("[portal\n", "not TOML"),
    ],
)
def test_a_wrong_setting_is_named_and_never_repeated(tmp_path, text, word):
    top = text if text.startswith("folder") else ""
    rest = "" if top else text
    whole = f'{top}[network]\nslug = "kulturnet"\n{rest}'
    with pytest.raises(ConfigError) as caught:
        read_config(write(tmp_path, whole))
    assert word in caught.value.message
    assert "hunter2" not in str(caught.value)


def test_a_folder_without_settings_says_how_to_make_them(tmp_path):
    with pytest.raises(ConfigError) as caught:
        read_config(tmp_path)
    assert "foyer-coordinator init" in caught.value.hint


@pytest.mark.parametrize("slug", ["", "Kulturnet", "a", "kultur net"])
def test_a_network_has_a_short_name(tmp_path, slug):
    with pytest.raises(ConfigError, match=r"network\.slug"):
        read_config(write(tmp_path, f'[network]\nslug = "{slug}"\n'))
