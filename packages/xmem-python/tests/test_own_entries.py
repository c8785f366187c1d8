"""A read waits for what this process wrote before about the same thing, and for nothing else."""

from typing import Any

import pytest
from outgraph import EntryId, Progress, Waited, new_entry_id

from outgraph_xmem import NotInGraph, NotInGraphYet
from outgraph_xmem.own_entries import KEPT_MAX, OwnEntries, Scope

ANN, BOB, ALL = Scope("temporal", "ann"), Scope("temporal", "bob"), Scope("temporal")
CODE = Scope("code", "org/repo")


class Relay:
    """Answers as a writer whose relay has come so far."""

    def __init__(self) -> None:
        self.asked: list[EntryId] = []
        self.states: dict[EntryId, Any] = {}
        self.own = OwnEntries(self.wait_applied)

    def wait_applied(self, ids: list[EntryId], *, timeout_seconds: float) -> Waited:
        assert len(ids) <= 1_000 and timeout_seconds > 0
        self.asked += ids
        states = [Progress(id, self.states.get(id, "applied"), "because") for id in ids]
        return Waited(tuple(states), (f"after {len(self.asked)}",))

    def write(self, *scopes: Scope) -> EntryId:
        id = new_entry_id()
        self.own.written(id, scopes)
        return id


@pytest.fixture
def relay() -> Relay:
    return Relay()


@pytest.mark.parametrize(
    ("written", "read", "waits"),
    [
        (ANN, ANN, True),
        (ANN, BOB, False),
        (ALL, BOB, True),
        (ANN, ALL, True),
        (CODE, ALL, False),
        (Scope("code_v1", "org/repo"), CODE, False),
    ],
)
def test_a_read_waits_for_what_it_is_about(
    relay: Relay, written: Scope, read: Scope, waits: bool
) -> None:
    id = relay.write(written)

    relay.own.wait(read, 1)

    assert relay.asked == ([id] if waits else [])


def test_an_entry_about_two_things_holds_up_readers_of_both(relay: Relay) -> None:
    relay.states[relay.write(ANN, CODE)] = "pending"

    for scope in (ANN, CODE):
        with pytest.raises(NotInGraphYet):
            relay.own.wait(scope, 1)


def test_what_is_applied_is_not_waited_for_again(relay: Relay) -> None:
    relay.write(ANN)

    assert relay.own.wait(ANN, 1) == relay.own.wait(ANN, 1) == ("after 1",)
    assert len(relay.asked) == 1


def test_what_was_purged_was_applied(relay: Relay) -> None:
    relay.states[relay.write(ANN)] = "not_found"

    relay.own.wait(ANN, 1)


def test_a_read_in_vain_says_what_is_late_and_waits_again(relay: Relay) -> None:
    id = relay.write(ANN)
    relay.states[id] = "pending"

    for _ in range(2):
        with pytest.raises(NotInGraphYet, match=rf"after 1 s, such as {id}.*is the relay running"):
            relay.own.wait(ANN, 1)


@pytest.mark.parametrize("state", ["parked", "blocked", "skipped"])
def test_what_will_not_come_is_said_once(relay: Relay, state: str) -> None:
    id = relay.write(ANN)
    relay.states[id] = state

    with pytest.raises(NotInGraph, match=f"{id} is {state}: because"):
        relay.own.wait(ANN, 1)
    relay.own.wait(ANN, 1)


def test_of_many_entries_the_latest_are_waited_for_first(relay: Relay) -> None:
    ids = [relay.write(ANN) for _ in range(2_500)]

    relay.own.wait(ANN, 1)

    assert relay.asked == ids[1_500:] + ids[500:1_500] + ids[:500]


def test_what_is_too_old_to_be_remembered_is_waited_for_by_a_later_one(relay: Relay) -> None:
    relay.write(ANN)
    ids = [relay.write(CODE) for _ in range(KEPT_MAX)]
    relay.states[ids[-1]] = "pending"

    with pytest.raises(NotInGraphYet):
        relay.own.wait(ANN, 1)

    assert relay.asked == [ids[-1]]


def test_so_many_are_remembered_and_no_more(relay: Relay) -> None:
    for _ in range(2 * KEPT_MAX):
        relay.write(ANN)

    relay.own.wait(ANN, 1)

    assert KEPT_MAX // 2 <= len(relay.asked) <= KEPT_MAX
