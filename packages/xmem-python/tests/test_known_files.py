"""Which files need no asking for."""

import pytest

from outgraph_xmem.code_store_v1 import known_files
from outgraph_xmem.code_store_v1.known_files import KnownFiles

A, B, OTHER = ("o", "r", "a.py"), ("o", "r", "b.py"), ("o", "other", "a.py")


def test_what_was_added_is_known_until_it_is_forgotten() -> None:
    known = KnownFiles()
    known.add([A, B, OTHER], known.now())

    assert known.of([A, ("o", "r", "c.py")]) == {A}
    known.forget(A)
    assert known.of([A, B]) == {B}
    known.forget_all("o", "r")
    assert known.of([B, OTHER]) == {OTHER}


def test_a_file_that_was_deleted_meanwhile_stays_unknown() -> None:
    known = KnownFiles()
    since = known.now()
    known.forget(A)
    known.forget_all("o", "other")

    known.add([A, B, OTHER], since)
    assert known.of([A, B, OTHER]) == {B}
    known.add([A, OTHER], known.now())
    assert known.of([A, OTHER]) == {A, OTHER}


def test_more_than_can_be_remembered_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_files, "_FILES_MAX", 2)
    known = KnownFiles()
    since = known.now()
    for number in range(3):
        known.forget(("o", "r", f"{number}.py"))

    known.add([("o", "r", "0.py")], since)
    assert known.of([("o", "r", "0.py")]) == set()
    known.add([A, B, OTHER], known.now())
    assert known.of([A, B, OTHER]) == set()
