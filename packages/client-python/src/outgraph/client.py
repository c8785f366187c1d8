"""The client of the append service, for threads."""

import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import replace
from types import TracebackType
from typing import Any

from google.protobuf.duration_pb2 import Duration

from outgraph.answers import Appended, StoredEntry, Waited, appended, stored_entry, waited
from outgraph.append.v1.document_pb2 import DocumentWrite
from outgraph.append.v1.outbox_service_pb2 import GetEntryRequest, WaitAppliedRequest
from outgraph.appends import Append, SizedAppend, one_append, sized_append
from outgraph.attempts import Attempts, Limits
from outgraph.calls import GET_ENTRY, WAIT_APPLIED
from outgraph.connection import Tls, Token, channel_to
from outgraph.entry.v1.entry_pb2 import Event
from outgraph.entry_id import EntryId
from outgraph.errors import CancelledError, DeadlineExceededError, OutgraphError
from outgraph.folder import Folder, Result
from outgraph.folding import Waiting
from outgraph.retry import RetryOptions, in_range
from outgraph.transport import Transport
from outgraph.unit_of_work import UnitOfWork

WAIT_PIECE_SECONDS = 30.0
"""Waits longer than this are asked for piece by piece, so that a dead connection is noticed."""


class OutgraphClient:
    """A client of the append service, for any number of threads. It connects at the first call.

    Appends of threads that run side by side share calls (``AppendMany``); each keeps its own result
    and error.

    :param url: where the service listens: ``http://127.0.0.1:8480``, or https.
    :param source: who appends, for people and for metrics: a service or job name of 1 to 128 bytes.
    :param token: a bearer token, or what gives the one to use now.
    :param tls: certificates; default the roots that gRPC brings.
    :param timeout_seconds: how long a call may take, repeats included. 0.001 to 3 600; default 30.
    :param attempt_timeout_seconds: how long one attempt may take: a reply that is lost costs no
        more than this. 0.001 to 3 600; default 10.
    :param retries: how calls are repeated.
    :param calls_max: how many calls of appends may be under way at once; more of them fold fewer
        appends into each, and let a lost reply hold up fewer. 1 to 64; default 2.
    """

    def __init__(
        self,
        url: str,
        *,
        source: str,
        token: Token | None = None,
        tls: Tls | None = None,
        timeout_seconds: float = 30.0,
        attempt_timeout_seconds: float = 10.0,
        retries: RetryOptions | None = None,
        calls_max: int = 2,
    ) -> None:
        in_range("calls_max", calls_max, 1, 64)
        in_range("bytes of source", len(source.encode()), 1, 128)
        self._limits = Limits(
            timeout_seconds=timeout_seconds, attempt_timeout_seconds=attempt_timeout_seconds
        )
        self._source = source
        self._retries = retries or RetryOptions()
        self._transport = Transport(channel_to(url, tls), token, attempt_timeout_seconds)
        self._folder = Folder(self._transport, calls_max)
        self._closed = threading.Event()

    def append(
        self,
        events: Event | Iterable[Event],
        *,
        writes: DocumentWrite | Iterable[DocumentWrite] = (),
        id: EntryId | None = None,
        partition: str = "",
        trace_parent: str | None = None,
        timeout_seconds: float | None = None,
    ) -> Appended:
        """Writes documents and one entry in one MongoDB transaction.

        When it returns, both are committed by a majority; the graph follows (``wait_applied``).
        While the service or MongoDB is away, transactions conflict, or the backlog is at its cap,
        it repeats with the same id until the time is up. A repeat never writes twice.

        :param events: what happened, in order; 1 to 10 000.
        :param writes: document writes, done in order.
        :param id: give one (``new_entry_id()``, ``entry_id_for(time, text)``) to make a repeat by
            another process harmless too.
        :param partition: what order is kept by once a graph is fed by many lanes.
        :param trace_parent: the W3C ``traceparent`` of what caused it, kept with the entry. Default
            that of OpenTelemetry's current span, where ``opentelemetry`` is installed.
        :param timeout_seconds: instead of the client's.
        :raises OutgraphError: of the class that the code has; it names the entry id to repeat with.
        """
        append = one_append(events, writes, id, partition, trace_parent)
        [result] = self.append_many([append], timeout_seconds=timeout_seconds)
        if isinstance(result, OutgraphError):
            raise result
        return result

    def append_many(
        self, appends: Sequence[Append], *, timeout_seconds: float | None = None
    ) -> list[Appended | OutgraphError]:
        """Runs independent appends, each with its own result or error, in their order.

        One that fails changes nothing for the others. Each is repeated as ``append`` would be.
        """
        attempts = Attempts(self._limits_of(timeout_seconds), self._retries)
        results: list[Appended | OutgraphError | None] = [None] * len(appends)
        requests: dict[int, SizedAppend] = {}
        for index, each in enumerate(appends):
            try:
                requests[index] = sized_append(self._source, each)
            except OutgraphError as error:
                results[index] = error
        while requests:
            sent = dict(zip(requests, self._folder.submit([*requests.values()]), strict=True))
            failed: dict[int, OutgraphError] = {}
            for index, append in sent.items():
                result = self._result(append, attempts)
                if isinstance(result, OutgraphError):
                    failed[index] = result
                results[index] = result
            requests = self._pause_before_repeat(requests, failed, attempts)
            for index in failed.keys() - requests.keys():
                results[index] = attempts.told(failed[index])
        return [result for result in results if result is not None]

    def unit_of_work(
        self,
        *,
        id: EntryId | None = None,
        partition: str = "",
        timeout_seconds: float | None = None,
    ) -> UnitOfWork:
        """Collects document writes and events in a block, and appends them once, when it is left
        without an error. Events are needed, writes are not. The parameters, and the errors that
        leaving raises, are those of ``append``."""
        return UnitOfWork(
            lambda events, writes: self.append(
                events, writes=writes, id=id, partition=partition, timeout_seconds=timeout_seconds
            )
        )

    def get_entry(self, id: EntryId | str, *, timeout_seconds: float | None = None) -> StoredEntry:
        """An entry and how far it has come.

        :raises NotFoundError: when there is none.
        """
        request = GetEntryRequest(id=id).SerializeToString()
        limits = self._limits_of(timeout_seconds)
        return stored_entry(self._repeat(GET_ENTRY, request, limits))

    def wait_applied(
        self,
        ids: EntryId | str | Iterable[EntryId | str],
        *,
        timeout_seconds: float | None = None,
    ) -> Waited:
        """Waits until the entries are in the graph, or decided otherwise: parked, blocked, skipped,
        or not found.

        Returns when all are decided, or when ``timeout_seconds`` (default the client's) are up;
        what is not decided then is ``pending``. Up to 1 000 ids.

        :raises OutgraphError: when the service could not be asked.
        """
        asked = [ids] if isinstance(ids, str) else list(ids)
        waiting = Attempts(self._limits_of(timeout_seconds), self._retries)
        while True:
            piece = min(WAIT_PIECE_SECONDS, waiting.left())
            request = WaitAppliedRequest(ids=asked, timeout=seconds(piece)).SerializeToString()
            # An answer may take as long as was asked for, and a little more.
            most = piece + self._limits.attempt_timeout_seconds
            limits = Limits(timeout_seconds=most, attempt_timeout_seconds=most)
            answer = waited(self._repeat(WAIT_APPLIED, request, limits))
            if not answer.pending or waiting.left() == 0:
                return answer

    def close(self) -> None:
        """Closes the connection and ends the calls under way. A closed client takes no more."""
        self._closed.set()
        self._folder.close()
        self._transport.close()

    def __enter__(self) -> "OutgraphClient":
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _limits_of(self, timeout_seconds: float | None) -> Limits:
        if timeout_seconds is None:
            return self._limits
        return replace(self._limits, timeout_seconds=timeout_seconds)

    def _result(self, append: Waiting[Result], attempts: Attempts) -> Appended | OutgraphError:
        try:
            return appended(append.future.result(attempts.left()))
        except OutgraphError as error:
            return error
        except FutureTimeout:
            self._folder.withdraw(append)
            return out_of_time(append.entry_id, attempts.count)

    def _pause_before_repeat(
        self,
        requests: dict[int, SizedAppend],
        failed: dict[int, OutgraphError],
        attempts: Attempts,
    ) -> dict[int, SizedAppend]:
        """The requests to send again, after the wait that each of them needs."""
        delays = {index: attempts.delay_after(error) for index, error in failed.items()}
        again = {index: delay for index, delay in delays.items() if delay is not None}
        if again:
            attempts.begin_next()
            self._closed.wait(max(again.values()))
        return {index: requests[index] for index in again}

    def _repeat(self, method: str, request: bytes, limits: Limits) -> Any:
        attempts = Attempts(limits, self._retries)
        while True:
            try:
                return self._transport.call(method, request, attempts.timeout())
            except OutgraphError as error:
                delay = attempts.delay_after(error)
                if delay is None:
                    raise
            attempts.begin_next()
            if self._closed.wait(delay):
                raise CancelledError("the client is closed", attempts=attempts.count)


def seconds(value: float) -> Duration:
    """A span of time, to the millisecond."""
    return Duration(seconds=int(value), nanos=int(value * 1_000) % 1_000 * 1_000_000)


def out_of_time(entry_id: str, attempts: int) -> DeadlineExceededError:
    text = "the time was up before the service answered; the outcome is unknown"
    return DeadlineExceededError(text, entry_id=entry_id, attempts=attempts)
