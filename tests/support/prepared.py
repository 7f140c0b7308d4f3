"""The fixture that makes one network a session. Import `prepared` in a folder's conftest."""

import warnings

import pytest

with warnings.catch_warnings():
    # Typer 0.20 touches names that Click has deprecated, once, when it is first imported.
    warnings.filterwarnings("ignore", "'click.utils", DeprecationWarning)
    import typer  # noqa: F401 - imported for its warning

from tests.support.network import Prepared, prepare

_KEPT = pytest.StashKey[Prepared]()


@pytest.fixture(scope="session")
def prepared(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """One enrolled and filled network for all folders of tests."""
    if _KEPT not in pytestconfig.stash:
        pytestconfig.stash[_KEPT] = prepare(tmp_path_factory.mktemp("prepared"))
    return pytestconfig.stash[_KEPT]
