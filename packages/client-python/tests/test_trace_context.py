"""Each append keeps the trace of who appended."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from opentelemetry import context, trace
from scripted_service import ScriptedService, scripted_service

import outgraph as og

HAPPENED = og.event("test.v1.Happened")


@contextmanager
def span(n: int) -> Iterator[str]:
    """Within a span of this number; gives its ``traceparent``."""
    flags = trace.TraceFlags(trace.TraceFlags.SAMPLED)
    parent = trace.NonRecordingSpan(trace.SpanContext(n, n, is_remote=False, trace_flags=flags))
    token = context.attach(trace.set_span_in_context(parent))
    try:
        yield f"00-{n:032x}-{n:016x}-01"
    finally:
        context.detach(token)


@pytest.fixture
def service() -> Iterator[ScriptedService]:
    with scripted_service() as service:
        yield service


def test_appends_of_one_call_keep_each_its_own_trace(service: ScriptedService) -> None:
    appends = []
    parents = []
    for n in (1, 2):
        with span(n) as parent:
            appends.append(og.Append([HAPPENED]))
            parents.append(parent)
    appends.append(og.Append([HAPPENED], trace_parent="given"))
    appends.append(og.Append([HAPPENED]))

    with og.OutgraphClient(service.url, source="test") as client:
        client.append_many(appends)

    kept = [service.committed[append.id].trace_parent for append in appends]
    assert kept == [*parents, "given", ""]


def test_an_append_is_its_threads_and_a_wait_carries_its_callers_trace(
    service: ScriptedService,
) -> None:
    made: dict[int, og.Appended] = {}
    with og.OutgraphClient(service.url, source="test") as client:

        def append(n: int) -> None:
            with span(n):
                made[n] = client.append(HAPPENED)

        threads = [threading.Thread(target=append, args=[n]) for n in (1, 2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with span(3) as parent:
            client.wait_applied(made[1].entry_id, timeout_seconds=0.001)

    for n in (1, 2):
        assert service.committed[made[n].entry_id].trace_parent == f"00-{n:032x}-{n:016x}-01"
    assert service.calls[-1].metadata["traceparent"] == parent
