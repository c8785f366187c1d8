"""What this package refuses. Errors of the writer (``outgraph.writer``) come as they are."""


class XmemError(Exception):
    """Any error of this package's own."""


class NotConfigured(XmemError):
    """Outgraph's addresses are not known; the message says what to set."""


class OtherDeployment(XmemError):
    """Documents and outbox must lie in one MongoDB deployment: a transaction spans no two."""


class UnitTooLong(XmemError):
    """A unit of work is older than half of what the server grants a transaction. Nothing of it is
    written: it must not span a model call, or anything else that takes its time."""


class UnitOfAnotherThread(XmemError):
    """A unit of work was used by a thread that did not open it, or after its end."""


class UnitFailed(XmemError):
    """A call inside the unit has failed, and somebody went on as if it had not. Nothing of the unit
    is written; the cause is that call's error."""


class GraphChangesPending(XmemError):
    """The graph was read inside a unit that has changes for it, which it cannot show yet: read
    before the first change, or after the unit."""


class NotInGraph(XmemError):
    """What this process wrote before will not be in the graph: a relay parked it, it waits behind
    something parked, or a person skipped it. Said once; the next read goes on without it."""


class NotInGraphYet(XmemError, TimeoutError):
    """What this process wrote before did not reach the graph in time: is the relay running?"""
