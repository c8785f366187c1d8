"""What both clients promise, against a service that misbehaves on command."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from blocking import BlockingClient
from google.rpc.error_details_pb2 import BadRequest, RetryInfo
from scripted_service import Call, Refused, ScriptedService, scripted_service

import outgraph as og
from outgraph.append.v1.outbox_service_pb2 import AppendRequest
from outgraph.errors import CLASS_OF

QUICK = og.RetryOptions(delay_seconds_min=0.001, delay_seconds_max=0.01)
HAPPENED = og.event("test.v1.Happened", [og.merge_node(og.node("A", {"id": 1}))])

MakeClient = Callable[..., Any]


class Held:
    """Lets calls in, and none of the first so many out until told so."""

    def __init__(self, service: ScriptedService, calls: int = 1_000) -> None:
        self._go = threading.Event()
        self._service = service
        self._calls = calls
        service.on_call = self._hold

    def release(self) -> None:
        self._go.set()

    def _hold(self, _call: Call) -> None:
        if len(self._service.calls) <= self._calls:
            assert self._go.wait(20)


@pytest.fixture
def service() -> Iterator[ScriptedService]:
    with scripted_service() as service:
        yield service


@pytest.fixture(params=["threads", "asyncio"])
def make(request: pytest.FixtureRequest, service: ScriptedService) -> Iterator[MakeClient]:
    ends: list[Callable[[], None]] = []

    def make(**options: Any) -> Any:
        options = {"source": "test", "retries": QUICK, **options}
        if request.param == "threads":
            client = og.OutgraphClient(service.url, **options)
            ends.append(client.close)
            return client
        blocking = BlockingClient(service.url, **options)
        ends.append(blocking.stop)
        return blocking

    yield make
    for end in ends:
        end()


def test_an_append_says_what_was_committed(service: ScriptedService, make: MakeClient) -> None:
    made = make().append(HAPPENED, writes=og.delete_one("files", b"\x05\0\0\0\0"), partition="p")

    request = service.committed[made.entry_id]
    assert made == og.Appended(made.entry_id, (), replayed=False)
    assert (request.entry.source, request.entry.partition) == ("test", "p")
    assert list(request.entry.events) == [HAPPENED]
    assert request.writes[0].collection == "files"


def test_repeats_carry_the_same_id(service: ScriptedService, make: MakeClient) -> None:
    def away(call: Call) -> None:
        if len(service.calls) <= 2:
            raise Refused("UNAVAILABLE")

    service.on_call = away

    made = make().append(HAPPENED)

    assert [call.ids for call in service.calls] == [[made.entry_id]] * 3


def test_a_lost_reply_writes_nothing_twice(service: ScriptedService, make: MakeClient) -> None:
    def lose(_request: AppendRequest) -> None:
        raise Refused("UNAVAILABLE")

    service.after_commit = lose

    made = make().append(HAPPENED)

    assert made.replayed
    assert list(service.committed) == [made.entry_id]


@pytest.mark.parametrize("code", sorted(CLASS_OF))
def test_each_code_is_its_class(service: ScriptedService, make: MakeClient, code: str) -> None:
    violation = BadRequest.FieldViolation(field="entry.source", description="too long")
    much_later = RetryInfo()
    much_later.retry_delay.FromSeconds(3_600)

    def refuse(_call: Call) -> None:
        details = [much_later] if len(service.calls) > 1 else []
        raise Refused(code, "no", BadRequest(field_violations=[violation]), *details)

    service.on_call = refuse
    id = og.new_entry_id()

    with pytest.raises(CLASS_OF[code]) as refused:
        make().append(HAPPENED, id=id)

    error = refused.value
    assert type(error) is CLASS_OF[code]
    assert (error.code, error.message, error.entry_id) == (code, "no", id)
    assert error.field_violations == (og.FieldViolation("entry.source", "too long"),)
    assert error.attempts == len(service.calls)
    assert (error.attempts > 1) == (code in {"UNAVAILABLE", "ABORTED", "DEADLINE_EXCEEDED"})


def test_the_backlogs_cap_is_waited_for_what_is_too_large_is_not(
    service: ScriptedService, make: MakeClient
) -> None:
    wait = RetryInfo()
    wait.retry_delay.FromMilliseconds(5)

    def full_once(_call: Call) -> None:
        if len(service.calls) == 1:
            raise Refused("RESOURCE_EXHAUSTED", "the backlog is at its cap", wait)

    def too_large(_call: Call) -> None:
        raise Refused("RESOURCE_EXHAUSTED", "too large")

    service.on_call = full_once
    make().append(HAPPENED)
    assert len(service.calls) == 2

    service.on_call = too_large
    with pytest.raises(og.ResourceExhaustedError) as refused:
        make().append(HAPPENED)
    assert (refused.value.attempts, refused.value.retry_after_seconds) == (1, None)


def test_no_answer_until_the_time_is_up_is_an_unknown_outcome(
    service: ScriptedService, make: MakeClient
) -> None:
    held = Held(service)
    id = og.new_entry_id()

    with pytest.raises(og.DeadlineExceededError) as refused:
        make().append(HAPPENED, id=id, timeout_seconds=0.05)
    held.release()

    assert refused.value.entry_id == id


def test_an_attempt_that_hangs_is_given_up_for_another(
    service: ScriptedService, make: MakeClient
) -> None:
    held = Held(service, calls=1)

    made = make(attempt_timeout_seconds=1).append(HAPPENED)
    held.release()

    assert made.entry_id in service.committed
    assert len(service.calls) == 2


def test_what_came_while_a_call_was_under_way_goes_in_the_next(
    service: ScriptedService, make: MakeClient
) -> None:
    def twice(request: AppendRequest) -> None:
        if request.entry.partition == "bad":
            raise Refused("ALREADY_EXISTS", "known with other content")

    service.on_append = twice
    held = Held(service)
    client = make(calls_max=1)
    with ThreadPoolExecutor(12) as threads:
        first = threads.submit(client.append, HAPPENED)
        service.wait_for_calls(1)
        others = [
            threads.submit(client.append, HAPPENED, partition="bad" if n == 4 else f"p{n}")
            for n in range(10)
        ]
        wait_until_in_line(client, 10)

        held.release()

        first.result()
        errors = [other.exception() for other in others]

    assert [call.method for call in service.calls] == ["Append", "AppendMany"]
    assert len(service.calls[1].ids) == 10
    assert [type(error) for error in errors if error] == [og.AlreadyExistsError]
    assert isinstance(errors[4], og.OutgraphError)
    assert errors[4].entry_id not in service.committed
    for other in others[:4] + others[5:]:
        assert other.result().entry_id in service.committed


@pytest.mark.parametrize("code", ["INVALID_ARGUMENT", "RESOURCE_EXHAUSTED", "UNIMPLEMENTED"])
def test_a_call_refused_as_a_whole_is_one_callers_affair(
    service: ScriptedService, make: MakeClient, code: str
) -> None:
    held = Held(service)

    def refuse(call: Call) -> None:
        if len(call.ids) > 1:
            raise Refused(code, "one of these")

    def refuse_one(request: AppendRequest) -> None:
        if request.entry.partition == "1":
            raise Refused("INVALID_ARGUMENT", "this one")

    client = make(calls_max=1)
    with ThreadPoolExecutor(4) as threads:
        first = threads.submit(client.append, HAPPENED)
        service.wait_for_calls(1)
        others = [threads.submit(client.append, HAPPENED, partition=str(n)) for n in range(3)]
        wait_until_in_line(client, 3)
        service.on_call, service.on_append = refuse, refuse_one

        held.release()

        errors = [future.exception() for future in (first, *others)]

    assert [str(error and type(error).__name__) for error in errors] == [
        "None",
        "None",
        "InvalidArgumentError",
        "None",
    ]


def test_one_bad_append_of_many_costs_few_calls(service: ScriptedService, make: MakeClient) -> None:
    bad = og.Append([HAPPENED])

    def refuse(call: Call) -> None:
        if bad.id in call.ids:
            raise Refused("PERMISSION_DENIED", "not yours")

    service.on_call = refuse
    client = make(calls_max=1)
    appends = [og.Append([HAPPENED]) for _ in range(64)]
    appends[37] = bad

    results = client.append_many(appends)

    assert [each.entry_id for each in results if isinstance(each, og.OutgraphError)] == [bad.id]
    assert len(service.committed) == 63
    assert len(service.calls) == 1 + 2 * 6


def test_what_is_too_large_is_refused_before_it_is_sent_and_alone(
    service: ScriptedService, make: MakeClient
) -> None:
    half = og.merge_node(og.node("A", {"id": 1}), set={"p": bytes(4 * 2**20)})
    third = og.delete_one("a", b"\0" * (6 * 2**20))
    fine = og.Append([HAPPENED])
    entry = og.Append([og.event("test.v1.Happened", [half, half])])
    request = og.Append([HAPPENED], [third] * 3)

    results = make().append_many([fine, entry, request])

    assert [type(each) for each in results] == [
        og.Appended,
        og.ResourceExhaustedError,
        og.ResourceExhaustedError,
    ]
    assert [each.attempts for each in results[1:]] == [0, 0]
    assert [[field.field for field in each.field_violations] for each in results[1:]] == [
        ["entry"],
        [],
    ]
    assert list(service.committed) == [fine.id]


def test_many_appends_have_each_their_own_result_in_order(
    service: ScriptedService, make: MakeClient
) -> None:
    def odd(request: AppendRequest) -> None:
        if request.entry.partition == "1":
            raise Refused("FAILED_PRECONDITION", "no match")

    service.on_append = odd
    appends = [og.Append([HAPPENED], partition=str(n)) for n in range(3)]

    results = make(calls_max=1).append_many(appends)

    assert [type(result) for result in results] == [
        og.Appended,
        og.FailedPreconditionError,
        og.Appended,
    ]
    assert [result.entry_id for result in results] == [append.id for append in appends]


def test_an_append_that_gave_up_in_line_is_not_sent(
    service: ScriptedService, make: MakeClient
) -> None:
    held = Held(service)
    client = make(calls_max=1)
    late = og.new_entry_id()
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(client.append, HAPPENED)
        service.wait_for_calls(1)
        with pytest.raises(og.DeadlineExceededError):
            client.append(HAPPENED, id=late, timeout_seconds=0.05)
        held.release()
        first.result()
    client.append(HAPPENED)

    assert late not in service.committed


def test_close_ends_what_is_under_way_and_what_waits(
    service: ScriptedService, make: MakeClient
) -> None:
    held = Held(service)
    client = make(calls_max=1)
    with ThreadPoolExecutor(2) as threads:
        under_way = threads.submit(client.append, HAPPENED)
        service.wait_for_calls(1)
        in_line = threads.submit(client.append, HAPPENED)
        wait_until_in_line(client, 1)

        client.close()

        with pytest.raises(og.CancelledError):
            under_way.result()
        with pytest.raises(og.CancelledError):
            in_line.result()
    held.release()
    with pytest.raises(og.CancelledError):
        client.append(HAPPENED)
    with pytest.raises(og.CancelledError):
        client.get_entry(og.new_entry_id())


def test_the_token_is_asked_for_at_every_attempt(
    service: ScriptedService, make: MakeClient
) -> None:
    tokens = iter(["old", "new"])
    service.on_call = lambda call: first_away(service)

    make(token=lambda: next(tokens)).append(HAPPENED)

    sent = [call.metadata["authorization"] for call in service.calls]
    assert sent == ["Bearer old", "Bearer new"]


def test_a_coroutine_function_may_give_the_token(service: ScriptedService) -> None:
    async def token() -> str:
        return "fresh"

    client = BlockingClient(service.url, source="test", token=token)
    client.append(HAPPENED)
    client.stop()

    assert service.calls[0].metadata["authorization"] == "Bearer fresh"


def test_a_token_that_does_not_come_holds_up_its_own_call_alone(service: ScriptedService) -> None:
    asked: list[None] = []

    async def token() -> str:
        asked.append(None)
        if len(asked) == 1:
            await asyncio.Event().wait()
        return "second"

    client = BlockingClient(
        service.url,
        source="test",
        token=token,
        calls_max=1,
        attempt_timeout_seconds=0.3,
        retries=QUICK,
    )
    made = client.append(HAPPENED)
    client.stop()

    assert made.entry_id in service.committed
    assert service.calls[0].metadata["authorization"] == "Bearer second"


def first_away(service: ScriptedService) -> None:
    if len(service.calls) == 1:
        raise Refused("UNAVAILABLE")


def test_an_entry_is_read_back(service: ScriptedService, make: MakeClient) -> None:
    client = make()
    id = client.append(HAPPENED).entry_id

    stored = client.get_entry(id)

    assert (stored.entry.id, stored.state, stored.at) == (id, "pending", (7, 1))
    with pytest.raises(og.NotFoundError):
        client.get_entry(og.new_entry_id())


def test_waiting_ends_with_the_decision_or_with_the_time(
    service: ScriptedService, make: MakeClient
) -> None:
    client = make()
    pending, applied = (client.append(HAPPENED).entry_id for _ in range(2))
    service.applied.add(applied)

    assert client.wait_applied(applied).entries == (og.Progress(applied, "applied"),)
    assert client.wait_applied(applied).bookmarks == ("b1",)
    waited = client.wait_applied([applied, pending], timeout_seconds=0.05)
    assert [entry.state for entry in waited.entries] == ["applied", "pending"]
    assert waited.pending


def test_a_unit_of_work_appends_once_when_it_is_left(
    service: ScriptedService, make: MakeClient
) -> None:
    client = make()
    id = og.new_entry_id()
    first, second = og.delete_one("a", b"\x05\0\0\0\0"), og.delete_one("b", b"\x05\0\0\0\0")

    with client.unit_of_work(id=id) as unit:
        unit.write(first)
        unit.add(HAPPENED)
        unit.write(second)
        assert service.calls == []

    request = service.committed[id]
    assert unit.appended == og.Appended(id, (), replayed=False)
    assert list(request.writes) == [first, second]
    assert list(request.entry.events) == [HAPPENED]


def test_a_unit_of_work_that_fails_sends_nothing(
    service: ScriptedService, make: MakeClient
) -> None:
    with pytest.raises(ZeroDivisionError), make().unit_of_work() as unit:
        unit.add(HAPPENED)
        _ = 1 / 0

    assert service.calls == []


def test_a_service_that_comes_back_is_found(service: ScriptedService, make: MakeClient) -> None:
    service.on_call = lambda call: first_away(service)

    assert make().get_entry(make().append(HAPPENED).entry_id).state == "pending"


@pytest.mark.parametrize("url", ["127.0.0.1:8480", "ftp://a", "http://", "http://a/path"])
def test_an_address_of_another_form_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="url must be"):
        og.OutgraphClient(url, source="test")


@pytest.mark.parametrize(
    ("option", "value"),
    [("timeout_seconds", 0), ("attempt_timeout_seconds", 3_601), ("calls_max", 65)],
)
def test_an_option_out_of_range_is_named(option: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"{option} must be"):
        og.OutgraphClient("http://a:1", source="test", **{option: value})  # type: ignore[arg-type]


@pytest.mark.parametrize("source", ["", "\u00e9" * 65])
def test_a_source_out_of_range_is_refused_at_once(source: str) -> None:
    with pytest.raises(ValueError, match="bytes of source must be"):
        og.OutgraphClient("http://a:1", source=source)


def wait_until_in_line(client: Any, count: int) -> None:
    """Waits until so many appends wait for their call."""
    folder = getattr(client, "client", client)._folder
    ready = threading.Event()
    for _ in range(2_000):
        if len(folder._line) == count:
            return
        ready.wait(0.01)
    raise AssertionError(f"{len(folder._line)} in line, not {count}")
