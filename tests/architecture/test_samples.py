"""Promise: every sample in deploy/samples can be used as it is, and shows every setting."""

from pathlib import Path

import pytest
from pydantic import BaseModel

from foyer_coordinator.config import CONFIG_NAME as COORDINATOR
from foyer_coordinator.config import CoordinatorConfig
from foyer_coordinator.config import read_config as read_coordinator
from foyer_node.config import CONFIG_NAME as NODE
from foyer_node.config import NodeConfig
from foyer_node.config import read_config as read_node

SAMPLES = Path(__file__).parents[2] / "deploy" / "samples"
KINDS = {NODE: (NodeConfig, read_node), COORDINATOR: (CoordinatorConfig, read_coordinator)}


def test_every_sample_has_a_reader():
    assert {path.name for path in SAMPLES.glob("*.toml")} == set(KINDS)


@pytest.mark.parametrize("name", KINDS)
def test_a_sample_is_read_as_it_is(name):
    config, read = KINDS[name]
    assert isinstance(read(SAMPLES), config)


@pytest.mark.parametrize("name", KINDS)
def test_a_sample_reads_the_same_with_every_comment_opened(name, tmp_path):
    _, read = KINDS[name]
    opened = []
    for line in (SAMPLES / name).read_text(encoding="utf-8").splitlines():
        setting, mark, _ = line.removeprefix("# ").partition(" = ")
        opened.append(line.removeprefix("# ") if mark and setting.isidentifier() else line)
    (tmp_path / name).write_text("\n".join(opened), encoding="utf-8")
    as_it_is, in_full = read(SAMPLES), read(tmp_path)
    assert as_it_is.model_copy(update={"folder": None}) == in_full.model_copy(
        update={"folder": None}
    )


@pytest.mark.parametrize("name", KINDS)
def test_a_sample_names_every_setting(name):
    text = (SAMPLES / name).read_text(encoding="utf-8")
    for section, declared in KINDS[name][0].model_fields.items():
        kind = declared.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            assert f"[{section}]" in text
            missing = [setting for setting in kind.model_fields if f"{setting} = " not in text]
            assert not missing, section
