"""Set-up of every test."""

import hypothesis

# Machines differ in speed; a test is no measurement.
hypothesis.settings.register_profile(
    "outgraph", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("outgraph")
