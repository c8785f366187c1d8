"""Which files need no asking for."""

from outgraph_xmem.code_store_v1.known_files import KnownFiles

A, B, OTHER = ("o", "r", "a.py"), ("o", "r", "b.py"), ("o", "other", "a.py")


def test_what_was_added_is_known_until_it_is_forgotten() -> None:
    known = KnownFiles()
    known.add([A, B, OTHER])

    assert known.of([A, ("o", "r", "c.py")]) == {A}
    known.forget(A)
    assert known.of([A, B]) == {B}
    known.forget_all("o", "r")
    assert known.of([B, OTHER]) == {OTHER}
