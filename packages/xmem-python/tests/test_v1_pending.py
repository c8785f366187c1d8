"""What a unit of work has not committed yet counts as if it had."""

from outgraph_xmem.code_store_v1 import refs
from outgraph_xmem.code_store_v1.labels import FILE, SYMBOL
from outgraph_xmem.code_store_v1.pending import after, gone, is_there, made

WHOSE = {"org_id": "o", "repo": "r"}
A = refs.file("o", "r", "a.py")
B = refs.file("o", "r", "b.py")
A_GONE = [gone(SYMBOL, **WHOSE, file_path="a.py"), gone(FILE, **WHOSE, file_path="a.py")]


def test_the_last_word_on_a_node_counts() -> None:
    assert is_there([], A) is None
    assert is_there([made(A)], A) is True
    assert is_there([made(A)], B) is None
    assert is_there([made(A), *A_GONE], A) is False
    assert is_there([*A_GONE, made(A)], A) is True


def test_a_delete_of_a_repository_speaks_of_all_in_it() -> None:
    whole = [gone(FILE, **WHOSE)]

    assert is_there([made(A), *whole], A) is False
    assert is_there([made(A), *whole], refs.file("o", "other", "a.py")) is None


def test_nodes_afterwards_are_those_before_with_what_came_and_without_what_went() -> None:
    symbols = [refs.symbol("o", "r", path, "f") for path in ("a.py", "b.py")]
    there = [made(each) for each in (A, B, *symbols)]
    new = refs.symbol("o", "r", "b.py", "g")

    left = after(there, [*A_GONE, made(new), made(B)])

    assert left == {made(B), made(symbols[1]), made(new)}
    assert after(there, [gone(SYMBOL, **WHOSE), gone(FILE, **WHOSE)]) == set()
