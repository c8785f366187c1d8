"""The service's methods, as they go over the wire."""

from collections.abc import Sequence
from typing import Final

from google.protobuf.message import Message

from outgraph.append.v1.outbox_service_pb2 import (
    AppendManyResponse,
    AppendResponse,
    AppendResult,
    GetEntryResponse,
    WaitAppliedResponse,
)
from outgraph.errors import InternalError, OutgraphError
from outgraph.status import error_of_status
from outgraph.varint import varint

_SERVICE = "/outgraph.append.v1.OutboxService"
APPEND: Final = f"{_SERVICE}/Append"
APPEND_MANY: Final = f"{_SERVICE}/AppendMany"
GET_ENTRY: Final = f"{_SERVICE}/GetEntry"
WAIT_APPLIED: Final = f"{_SERVICE}/WaitApplied"

ANSWER_OF: Final[dict[str, type[Message]]] = {
    APPEND: AppendResponse,
    APPEND_MANY: AppendManyResponse,
    GET_ENTRY: GetEntryResponse,
    WAIT_APPLIED: WaitAppliedResponse,
}
"""The message that each method answers with. Requests are given encoded."""


def many(requests: Sequence[bytes]) -> bytes:
    """An encoded ``AppendManyRequest`` of encoded ``AppendRequest``\\ s: its field 1, repeated.

    Put together by hand, since a message would have to decode each of them first.
    """
    return b"".join(b"\x0a" + varint(len(request)) + request for request in requests)


MANY_OVERHEAD_BYTES_MAX: Final = 6
"""What ``many`` adds to each request at most."""


def results_of(
    response: AppendManyResponse, entry_ids: Sequence[str]
) -> list[AppendResponse | OutgraphError]:
    """Each append's own result."""
    if len(response.results) != len(entry_ids):
        text = f"{len(entry_ids)} appends were sent, {len(response.results)} results came back"
        return [InternalError(text, entry_id=id) for id in entry_ids]
    pairs = zip(response.results, entry_ids, strict=True)
    return [_result(each, entry_id) for each, entry_id in pairs]


def _result(result: AppendResult, entry_id: str) -> AppendResponse | OutgraphError:
    if result.HasField("response"):
        return result.response
    if result.HasField("error"):
        return error_of_status(result.error, entry_id=entry_id)
    return InternalError("the service answered neither result nor error", entry_id=entry_id)
