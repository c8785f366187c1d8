"""Set-up of every test."""

import hypothesis

# Machines differ in speed; a test is no measurement.
hypothesis.settings.register_profile("outgraph", deadline=None)
hypothesis.settings.load_profile("outgraph")
