"""How every test runs: a busy machine fails no example of Hypothesis's."""

from hypothesis import HealthCheck, settings

# A limit on one example fails a test when the machine is busy, and tells nothing of ours.
settings.register_profile("foyer", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("foyer")
