"""The service over grpcio, for threads."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

import grpc

from outgraph.append.v1.outbox_service_pb2 import AppendManyResponse, AppendResponse
from outgraph.calls import ANSWER_OF, APPEND, APPEND_MANY
from outgraph.connection import Token, metadata_of, traced
from outgraph.errors import CancelledError, OutgraphError
from outgraph.status import error_of_call

T = TypeVar("T")


class Transport:
    """Calls by method name, with encoded requests. Every error is an ``OutgraphError``."""

    def __init__(self, channel: grpc.Channel, token: Token | None, attempt_seconds: float) -> None:
        self._channel = channel
        self._token = token
        self._attempt_seconds = attempt_seconds
        self._methods: dict[str, Any] = {
            method: channel.unary_unary(
                method, request_serializer=None, response_deserializer=answer.FromString
            )
            for method, answer in ANSWER_OF.items()
        }

    def append(self, encoded: bytes) -> Future[AppendResponse]:
        return self._start(APPEND, encoded)

    def append_many(self, encoded: bytes) -> Future[AppendManyResponse]:
        return self._start(APPEND_MANY, encoded)

    def call(self, method: str, encoded: bytes, timeout_seconds: float) -> Any:
        """Calls and waits. :raises OutgraphError: of the class that the code has."""
        metadata = (*metadata_of(self._token), *traced())
        try:
            return self._methods[method](encoded, timeout=timeout_seconds, metadata=metadata)
        except grpc.RpcError as error:
            raise error_of_call(error) from error
        except ValueError as error:
            raise _closed() from error

    def close(self) -> None:
        self._channel.close()

    def _start(self, method: str, encoded: bytes) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            call = self._methods[method].future(
                encoded, timeout=self._attempt_seconds, metadata=metadata_of(self._token)
            )
        except ValueError:  # what grpcio raises for a closed channel
            future.set_exception(_closed())
        except Exception as error:  # of a token's function: it is the caller's to see
            future.set_exception(error)
        else:
            call.add_done_callback(_into(future))
        return future


def _into(future: Future[Any]) -> Callable[[Any], None]:
    def done(call: Any) -> None:
        error: OutgraphError | None = None
        if call.code() is not grpc.StatusCode.OK:
            error = error_of_call(call)
        if error is None:
            future.set_result(call.result())
        else:
            future.set_exception(error)

    return done


def _closed() -> CancelledError:
    return CancelledError("the client is closed")
