"""XMem's retry rule: three attempts, 1 + 2 + 4 s, around every method, and so nested."""

import functools
import time
from collections.abc import Callable
from typing import Any, TypeVar

Method = TypeVar("Method", bound=Callable[..., Any])

ATTEMPTS = 3
FIRST_PAUSE_SECONDS = 1.0
_PASSING = ("ssl", "connection", "routing", "eof", "reset", "refused")


def retrying(method: Method) -> Method:
    """A method of a client with ``close``, ``connect`` and ``retry_delay``: the seconds that the
    first pause takes. XMem's is 1; each later one is twice as long, the one after the last attempt
    included."""

    @functools.wraps(method)
    def attempts(self: Any, *args: Any, **kwargs: Any) -> Any:
        for attempt in range(ATTEMPTS):
            try:
                return method(self, *args, **kwargs)
            except Exception as error:
                if not any(word in str(error).lower() for word in _PASSING):
                    raise
                failure = error
                self.attempts_failed += 1
                pause = self.retry_delay * 2**attempt
                time.sleep(pause)
                self.paused_seconds += pause
                reconnect(self)
        raise failure

    return attempts  # type: ignore[return-value]


def reconnect(client: Any) -> None:
    """As XMem does it: an error here is dropped, the next attempt meets it again."""
    try:
        client.close()
        client.connect()
    except Exception as error:
        client.last_reconnect_error = error
