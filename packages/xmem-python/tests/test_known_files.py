"""Which files need no asking for."""

from outgraph_xmem.code_store_v1.known_files import KnownFiles


def test_what_was_added_is_known_until_it_is_forgotten() -> None:
    known = KnownFiles()
    known.add("o", "r", ["a.py", "b.py"])
    known.add("o", "other", ["a.py"])

    assert known.of("o", "r", ["a.py", "c.py"]) == {"a.py"}
    known.forget("o", "r", "a.py")
    assert known.of("o", "r", ["a.py", "b.py"]) == {"b.py"}
    known.forget("o", "r")
    assert known.of("o", "r", ["b.py"]) == set()
    assert known.of("o", "other", ["a.py"]) == {"a.py"}
