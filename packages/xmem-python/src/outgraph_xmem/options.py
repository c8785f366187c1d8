"""Where Outgraph is, and how long things may take."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from outgraph.retry import in_range

from outgraph_xmem.errors import NotConfigured


@dataclass(frozen=True)
class Options:
    """Each comes from ``connect(...)``, else from the environment, else by default."""

    mongodb_uri: str
    """Of the deployment that holds the outbox, and all documents. OUTGRAPH_MONGODB_URI."""

    database: str
    """Which database holds the outbox. OUTGRAPH_DATABASE."""

    source: str = "xmem"
    """Who writes, for people and for metrics; 1 to 128 bytes. OUTGRAPH_SOURCE."""

    timeout_seconds: float = 30.0
    """How long one write or unit may take, retries included. 0.001 to 3 600.
    OUTGRAPH_TIMEOUT_SECONDS."""

    read_timeout_seconds: float = 10.0
    """How long a read of the graph may wait for what was written before, and then for Neo4j. 0.001
    to 3 600. OUTGRAPH_READ_TIMEOUT_SECONDS."""


def options_of(environment: Mapping[str, str], **given: Any) -> Options:
    """:raises NotConfigured: naming all that is missing, and where to give it.
    :raises ValueError: for a time that is no number, or out of its range."""
    values: dict[str, Any] = {}
    for field in fields(Options):
        value = given.get(field.name)
        variable = variable_of(field.name)
        if value is None and environment.get(variable):
            value = environment[variable]
            if field.name.endswith("_seconds"):
                value = _number(variable, value)
        if value is not None:
            values[field.name] = value
    missing = [name for name in ("mongodb_uri", "database") if not values.get(name)]
    if missing:
        variables = " and ".join(variable_of(name) for name in missing)
        raise NotConfigured(
            f"Outgraph's outbox is not known: set {variables} in the environment, or call "
            f"outgraph_xmem.connect({', '.join(f'{name}=…' for name in missing)}) first"
        )
    options = Options(**values)
    in_range("timeout_seconds", options.timeout_seconds, 0.001, 3_600)
    in_range("read_timeout_seconds", options.read_timeout_seconds, 0.001, 3_600)
    return options


def variable_of(name: str) -> str:
    """The variable of the environment for an option."""
    return f"OUTGRAPH_{name.upper()}"


def _number(variable: str, text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise ValueError(f"{variable} must be a number of seconds, not {text!r}") from error
