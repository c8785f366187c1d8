"""What gRPC said, as the errors of the contract."""

from typing import Any, Protocol

import grpc
from google.rpc import code_pb2
from google.rpc.error_details_pb2 import BadRequest, RetryInfo
from google.rpc.status_pb2 import Status

from outgraph.errors import CLASS_OF, FieldViolation, InternalError, OutgraphError

# grpcio reports a connection that broke within a call as the code of the HTTP/2 reset, which the
# service did not give. To the caller that is the service being away, whatever the reset was called.
_BROKEN = ("Received RST_STREAM", "Stream removed", "Connection reset", "Socket closed")

_DETAILS = "grpc-status-details-bin"


class FailedCall(Protocol):
    """What ``grpc.Call`` and ``grpc.aio.AioRpcError`` have in common."""

    def code(self) -> grpc.StatusCode: ...
    def details(self) -> str | None: ...
    def trailing_metadata(self) -> Any: ...


def error_of_call(call: FailedCall, *, entry_id: str | None = None) -> OutgraphError:
    """The typed error of a call that failed."""
    code = call.code().name
    message = call.details() or code
    if code != "DEADLINE_EXCEEDED" and message.startswith(_BROKEN):
        code = "UNAVAILABLE"
    # By its pairs: older versions of grpcio's Metadata have keys, but are no mapping by them.
    trailer = {name: value for name, value in call.trailing_metadata() or ()}
    if _DETAILS in trailer:
        status = Status.FromString(trailer[_DETAILS])
        if code_pb2.Code.Name(status.code) == code:
            return error_of_status(status, entry_id=entry_id)
    return _error(code, message, entry_id=entry_id)


def error_of_status(status: Status, *, entry_id: str | None = None) -> OutgraphError:
    """The typed error of a ``google.rpc.Status``, as each of many appends has its own."""
    violations: list[FieldViolation] = []
    retry_after_seconds: float | None = None
    for detail in status.details:
        bad_request, retry_info = BadRequest(), RetryInfo()
        if detail.Unpack(bad_request):
            violations += [
                FieldViolation(each.field, each.description)
                for each in bad_request.field_violations
            ]
        elif detail.Unpack(retry_info) and retry_after_seconds is None:
            retry_after_seconds = retry_info.retry_delay.ToTimedelta().total_seconds()
    known = status.code in code_pb2.Code.values()
    return _error(
        code_pb2.Code.Name(status.code) if known else "UNKNOWN",
        status.message,
        violations=violations,
        retry_after_seconds=retry_after_seconds,
        entry_id=entry_id,
    )


def _error(
    code: str,
    message: str,
    *,
    violations: list[FieldViolation] | None = None,
    retry_after_seconds: float | None = None,
    entry_id: str | None,
) -> OutgraphError:
    made = CLASS_OF.get(code, InternalError)(
        message,
        field_violations=violations or (),
        retry_after_seconds=retry_after_seconds,
        entry_id=entry_id,
    )
    made.code = code
    return made
