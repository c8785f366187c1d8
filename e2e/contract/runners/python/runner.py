"""The Python runner: reads commands, calls the client or the writer, prints outcomes."""

import json
import os
import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from clients import Clients
from writers import transact

_printing = threading.Lock()


def say(line: dict[str, Any]) -> None:
    with _printing:
        print(json.dumps(line), flush=True)


def answer(clients: Clients, command: dict[str, Any]) -> None:
    n, call = command["n"], command["call"]
    try:
        outcome = transact(call) if call["kind"] == "transact" else clients.call(call)
    except Exception:
        say({"n": n, "broke": traceback.format_exc()})
    else:
        say({"n": n, "outcome": outcome})


def main() -> None:
    clients = Clients()
    threads = ThreadPoolExecutor(64)
    for line in sys.stdin:
        threads.submit(answer, clients, json.loads(line))
    clients.close()
    # Whoever asks waits for its answers first: what is under way now is not wanted any more.
    os._exit(0)


main()
