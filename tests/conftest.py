"""How every test runs: no time limit on one example, and one worker for what shares processes."""

import pytest
from hypothesis import HealthCheck, settings

# A limit on one example fails a test when the machine is busy, and tells nothing of ours.
settings.register_profile("foyer", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("foyer")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of one network of processes stay together: `recorded` is shared, others are a module's.

    Only `--dist loadgroup` looks at it.
    """
    for item in items:
        if item.get_closest_marker("processes"):
            network = "recorded" if "recorded" in getattr(item, "fixturenames", ()) else ""
            item.add_marker(pytest.mark.xdist_group(network or item.path.stem))
