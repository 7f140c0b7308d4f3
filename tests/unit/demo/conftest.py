"""Invented consortia, made once per session."""

from pathlib import Path

import pytest

from foyer_demo.exports import InstitutionFiles, write_exports
from foyer_demo.world import World, WorldConfig, generate

SMALL = WorldConfig(institutions=12, scale=0.02)


@pytest.fixture(scope="session")
def default_world() -> World:
    return generate(WorldConfig())


@pytest.fixture(scope="session")
def small_world() -> World:
    return generate(SMALL)


@pytest.fixture(scope="session")
def small_files(small_world, tmp_path_factory) -> dict[str, InstitutionFiles]:
    folder: Path = tmp_path_factory.mktemp("exports")
    return {files.slug: files for files in write_exports(small_world, folder)}
