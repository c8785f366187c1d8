"""An append service in memory, over real gRPC, that does what a test tells it to."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.message import Message
from google.rpc.code_pb2 import Code
from google.rpc.status_pb2 import Status

from outgraph.append.v1.outbox_service_pb2 import (
    AppendManyRequest,
    AppendManyResponse,
    AppendRequest,
    AppendResponse,
    AppendResult,
    EntryProgress,
    GetEntryRequest,
    GetEntryResponse,
    LogicalTime,
    Receipt,
    WaitAppliedRequest,
    WaitAppliedResponse,
)
from outgraph.entry.v1 import state_pb2

REQUEST_OF: dict[str, type[Message]] = {
    "Append": AppendRequest,
    "AppendMany": AppendManyRequest,
    "GetEntry": GetEntryRequest,
    "WaitApplied": WaitAppliedRequest,
}


class Refused(Exception):
    """What a call, or one append of it, is answered with instead."""

    def __init__(self, code: str, message: str = "said so", *details: Any) -> None:
        super().__init__(message)
        self.status = Status(code=Code.Value(code), message=message)
        for detail in details:
            packed = AnyMessage()
            packed.Pack(detail)
            self.status.details.append(packed)


@dataclass
class Call:
    """A call that came."""

    method: str
    request: Any
    metadata: dict[str, str]
    seconds_left: float

    @property
    def ids(self) -> list[str]:
        appends = self.request.appends if self.method == "AppendMany" else [self.request]
        return [append.entry.id for append in appends]


@dataclass
class ScriptedService:
    url: str = ""
    calls: list[Call] = field(default_factory=list)
    on_call: Callable[[Call], None] = lambda call: None
    """Runs at every call; may wait, or raise ``Refused`` for the whole call."""
    on_append: Callable[[AppendRequest], None] = lambda request: None
    """Runs at every append before it commits; may raise ``Refused`` for this one."""
    after_commit: Callable[[AppendRequest], None] = lambda request: None
    """Runs when an append is committed; what it raises is a reply that is lost."""
    committed: dict[str, AppendRequest] = field(default_factory=dict)
    applied: set[str] = field(default_factory=set)
    came: threading.Condition = field(default_factory=threading.Condition)

    def wait_for_calls(self, count: int) -> None:
        with self.came:
            assert self.came.wait_for(lambda: len(self.calls) >= count, 20), self.calls

    def answer(self, call: Call) -> Any:
        with self.came:
            self.calls.append(call)
            self.came.notify_all()
        self.on_call(call)
        match call.method:
            case "Append":
                return self._append(call.request)
            case "AppendMany":
                return AppendManyResponse(
                    results=[self._result(append) for append in call.request.appends]
                )
            case "GetEntry":
                return self._get_entry(call.request.id)
            case _:
                return self._wait_applied(call.request.ids)

    def _append(self, request: AppendRequest) -> AppendResponse:
        id = request.entry.id
        receipt = Receipt(entry_id=id)
        if id in self.committed:
            return AppendResponse(receipt=receipt, replayed=True)
        self.on_append(request)
        self.committed[id] = request
        self.after_commit(request)
        return AppendResponse(receipt=receipt)

    def _result(self, request: AppendRequest) -> AppendResult:
        try:
            return AppendResult(response=self._append(request))
        except Refused as refused:
            return AppendResult(error=refused.status)

    def _get_entry(self, id: str) -> GetEntryResponse:
        if id not in self.committed:
            raise Refused("NOT_FOUND", f"no entry {id}")
        return GetEntryResponse(
            entry=self.committed[id].entry,
            state=self._state(id),
            at=LogicalTime(seconds=7, increment=1),
        )

    def _wait_applied(self, ids: list[str]) -> WaitAppliedResponse:
        entries = [EntryProgress(id=id, state=self._state(id)) for id in ids]
        return WaitAppliedResponse(entries=entries, bookmarks=["b1"])

    def _state(self, id: str) -> state_pb2.EntryState:
        if id in self.applied:
            return state_pb2.ENTRY_STATE_APPLIED
        if id in self.committed:
            return state_pb2.ENTRY_STATE_PENDING
        return state_pb2.ENTRY_STATE_NOT_FOUND


@contextmanager
def scripted_service(
    credentials: grpc.ServerCredentials | None = None,
) -> Iterator[ScriptedService]:
    """:param credentials: to listen with TLS, by the name of localhost."""
    service = ScriptedService()

    def handler(method: str) -> Any:
        def unary(request: Any, context: grpc.ServicerContext) -> Any:
            metadata = {name: value for name, value in context.invocation_metadata()}
            call = Call(method, request, metadata, context.time_remaining())  # type: ignore[arg-type]
            try:
                return service.answer(call)
            except Refused as refused:
                status = refused.status
                details = (("grpc-status-details-bin", status.SerializeToString()),)
                context.set_trailing_metadata(details)
                code = grpc.StatusCode[Code.Name(status.code)]
                context.abort(code, status.message)

        return grpc.unary_unary_rpc_method_handler(
            unary,
            request_deserializer=REQUEST_OF[method].FromString,
            response_serializer=lambda answer: answer.SerializeToString(),
        )

    server = grpc.server(ThreadPoolExecutor(16))
    methods = {method: handler(method) for method in REQUEST_OF}
    server.add_generic_rpc_handlers(
        (grpc.method_handlers_generic_handler("outgraph.append.v1.OutboxService", methods),)
    )
    if credentials is None:
        service.url = f"http://127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    else:
        service.url = f"https://localhost:{server.add_secure_port('127.0.0.1:0', credentials)}"
    server.start()
    try:
        yield service
    finally:
        server.stop(None).wait()
