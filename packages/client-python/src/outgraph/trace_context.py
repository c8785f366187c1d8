"""W3C trace context, where OpenTelemetry is installed."""

from collections.abc import Callable
from typing import Any

get_current_span: Callable[[], Any] | None
try:
    from opentelemetry.trace import get_current_span
except ImportError:  # nothing is traced
    get_current_span = None


def active_trace_parent() -> str | None:
    """The ``traceparent`` of OpenTelemetry's current span; None without one, or without it."""
    if get_current_span is None:
        return None
    span = get_current_span().get_span_context()
    if not span.is_valid:
        return None
    return f"00-{span.trace_id:032x}-{span.span_id:016x}-{span.trace_flags:02x}"
