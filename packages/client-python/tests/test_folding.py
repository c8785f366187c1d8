"""Which appends share a call."""

from hypothesis import given
from hypothesis import strategies as st

from outgraph.append.v1.outbox_service_pb2 import AppendManyRequest, AppendRequest
from outgraph.calls import many
from outgraph.entry.v1.entry_pb2 import Entry
from outgraph.folding import Line, Waiting
from outgraph.limits import APPENDS_MAX, REQUEST_BYTES_MAX


def line_of(sizes: list[int]) -> Line[None]:
    line: Line[None] = Line()
    for n, size in enumerate(sizes):
        line.join(Waiting(str(n), bytes(size), None))
    return line


def calls_of(line: Line[None]) -> list[list[Waiting[None]]]:
    calls = []
    while len(line):
        calls.append(line.take())
    return calls


@given(st.lists(st.sampled_from([0, 10, 2**20, 8 * 2**20, 2**24, 2**24 + 1]), max_size=12))
def test_every_append_goes_in_its_turn_and_no_call_is_too_large(sizes: list[int]) -> None:
    calls = calls_of(line_of(sizes))

    assert [each.entry_id for call in calls for each in call] == [str(n) for n in range(len(sizes))]
    for call in calls:
        encoded = many([each.encoded for each in call])
        assert len(encoded) <= REQUEST_BYTES_MAX or len(call) == 1


def test_a_call_has_at_most_1000_appends() -> None:
    calls = calls_of(line_of([1] * (APPENDS_MAX + 1)))

    assert [len(call) for call in calls] == [APPENDS_MAX, 1]


def test_the_halves_of_a_refused_call_go_apart_from_each_other_and_from_all_others() -> None:
    line = line_of([1] * 6)
    refused = line.take()
    line.join(Waiting("new", b"", None))

    line.join_in_halves(refused)
    line.join_in_halves(line_of([1, 1]).take())

    calls = [[each.entry_id for each in call] for call in calls_of(line)]
    assert calls == [["new"], ["0", "1", "2"], ["3", "4", "5"], ["0"], ["1"]]


def test_who_leaves_the_line_is_not_sent() -> None:
    line = line_of([1, 1])
    gone = Waiting("gone", b"", None)
    line.join(gone)

    assert line.leave(gone)
    assert not line.leave(gone)
    assert [each.entry_id for each in line.take()] == ["0", "1"]


@given(st.lists(st.text(max_size=300), max_size=4))
def test_many_encoded_requests_are_the_message_that_holds_them(ids: list[str]) -> None:
    requests = [AppendRequest(entry=Entry(id=id)) for id in ids]

    encoded = many([request.SerializeToString() for request in requests])

    assert AppendManyRequest.FromString(encoded) == AppendManyRequest(appends=requests)
