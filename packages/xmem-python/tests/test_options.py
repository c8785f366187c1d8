"""Where Outgraph is comes from the call, else from the environment, else it is asked for."""

import pytest

from outgraph_xmem import NotConfigured
from outgraph_xmem.options import options_of

ENVIRONMENT = {
    "OUTGRAPH_MONGODB_URI": "mongodb://a",
    "OUTGRAPH_DATABASE": "xmem",
    "OUTGRAPH_SOURCE": "ingest",
    "OUTGRAPH_TIMEOUT_SECONDS": "5",
    "OUTGRAPH_READ_TIMEOUT_SECONDS": "0.5",
}


def test_the_environment_says_it_all() -> None:
    options = options_of(ENVIRONMENT)

    assert (options.mongodb_uri, options.database) == ("mongodb://a", "xmem")
    assert (options.source, options.timeout_seconds) == ("ingest", 5.0)
    assert options.read_timeout_seconds == 0.5


def test_what_is_given_wins() -> None:
    assert options_of(ENVIRONMENT, database="other", source=None).database == "other"
    assert options_of(ENVIRONMENT, timeout_seconds=1).timeout_seconds == 1


def test_what_is_missing_is_named_with_what_to_set() -> None:
    with pytest.raises(NotConfigured, match="OUTGRAPH_MONGODB_URI and OUTGRAPH_DATABASE") as both:
        options_of({})
    with pytest.raises(NotConfigured, match="set OUTGRAPH_DATABASE in"):
        options_of({"OUTGRAPH_DATABASE": ""}, mongodb_uri="mongodb://a")

    assert "outgraph_xmem.connect(mongodb_uri=…, database=…)" in str(both.value)


@pytest.mark.parametrize("text", ["soon", "0", "1e9"])
def test_a_time_out_of_range_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"(?i)timeout_seconds"):
        options_of({**ENVIRONMENT, "OUTGRAPH_TIMEOUT_SECONDS": text})
