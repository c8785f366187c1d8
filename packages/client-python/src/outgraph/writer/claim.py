"""One transaction, one entry."""

from typing import Any
from weakref import WeakKeyDictionary

from outgraph.writer.errors import AlreadyAppended, NoTransaction

_claimed: "WeakKeyDictionary[Any, object]" = WeakKeyDictionary()


def claim_transaction(session: Any) -> None:
    """Takes the session's present transaction for one entry.

    :raises NoTransaction: when none is in progress.
    :raises AlreadyAppended: when it has its entry already.
    """
    if not session.in_transaction:
        raise NoTransaction()
    transaction = _present_transaction(session)
    if _claimed.get(session) is transaction:
        raise AlreadyAppended()
    _claimed[session] = transaction


def _present_transaction(session: Any) -> object:
    # PyMongo makes new options for every transaction of a session, and nothing public tells two of
    # them apart.
    options: object = getattr(getattr(session, "_transaction", None), "opts", None)
    if options is None:
        raise RuntimeError(
            "this version of PyMongo is not supported: its sessions hide their transaction"
        )
    return options
