"""The service over grpcio, for one event loop."""

import asyncio
from typing import Any

import grpc
import grpc.aio

from outgraph.append.v1.outbox_service_pb2 import AppendManyResponse, AppendResponse
from outgraph.calls import ANSWER_OF, APPEND, APPEND_MANY
from outgraph.connection import AioToken, aio_metadata_of, traced
from outgraph.errors import CancelledError, DeadlineExceededError
from outgraph.status import error_of_call


class AioTransport:
    """Calls by method name, with encoded requests. Every error is an ``OutgraphError``."""

    def __init__(
        self, channel: grpc.aio.Channel, token: AioToken | None, attempt_seconds: float
    ) -> None:
        self._channel = channel
        self._token = token
        self._attempt_seconds = attempt_seconds
        self._methods: dict[str, Any] = {
            method: channel.unary_unary(
                method, request_serializer=None, response_deserializer=answer.FromString
            )
            for method, answer in ANSWER_OF.items()
        }

    async def append(self, encoded: bytes) -> AppendResponse:
        answer: AppendResponse = await self._call(APPEND, encoded, self._attempt_seconds)
        return answer

    async def append_many(self, encoded: bytes) -> AppendManyResponse:
        answer: AppendManyResponse = await self._call(APPEND_MANY, encoded, self._attempt_seconds)
        return answer

    async def call(self, method: str, encoded: bytes, timeout_seconds: float) -> Any:
        """:raises OutgraphError: of the class that the code has."""
        return await self._call(method, encoded, timeout_seconds, traced())

    async def _call(
        self,
        method: str,
        encoded: bytes,
        timeout_seconds: float,
        more: tuple[tuple[str, str], ...] = (),
    ) -> Any:
        try:
            token = await asyncio.wait_for(aio_metadata_of(self._token), timeout_seconds)
        except asyncio.TimeoutError as error:  # else it would hold up the calls after it
            raise DeadlineExceededError("the token did not come in time") from error
        metadata = (*token, *more)
        try:
            return await self._methods[method](encoded, timeout=timeout_seconds, metadata=metadata)
        except grpc.aio.AioRpcError as error:
            raise error_of_call(error) from error
        except grpc.aio.UsageError as error:  # what grpcio raises for a closed channel
            raise CancelledError("the client is closed") from error

    async def close(self) -> None:
        await self._channel.close()
