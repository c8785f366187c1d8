"""Scans one revision of a tree, as a process of its own that may be killed.

``python3 -m scan.main <job as JSON>`` with a ``Job``. Tells lines of JSON: ``held`` where it stands
still until it is told to go on (SIGCONT), and at the end ``ended``.
"""

import json
import os
import signal
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from scan.arms import ARMS
from scan.scanner import Scanner
from scan.tree import read_tree
from sequences.arm import Servers

ORG, REPO = "acme", "python"


@dataclass(frozen=True)
class Job:
    servers: dict[str, str]
    arm: str
    tree: str
    previous: str | None
    """The folder of the revision before."""
    commit: str
    holds: list[float]
    """Where it stands still, each once: parts of the tree's files, in the middle of the next file
    with two symbols to write; 1 is before the edges."""


def main(job: Job) -> dict[str, Any]:
    tree = read_tree(Path(job.tree))
    previous = read_tree(Path(job.previous)) if job.previous else {}
    arm = ARMS[job.arm](Servers(**job.servers))
    places = Places(tree, list(job.holds))
    began = time.monotonic()
    stats = Scanner(arm, ORG, REPO, places.reached).scan(tree, previous, job.commit)
    seconds = time.monotonic() - began
    statements = getattr(arm.graph, "statements", None)
    return {
        **asdict(stats),
        "errors": stats.errors[:5],
        "seconds": seconds,
        "statements": statements,
    }


class Places:
    def __init__(self, tree: dict[str, str], holds: list[float]) -> None:
        self._part_of = {path: number / len(tree) for number, path in enumerate(tree)}
        self._holds = holds

    def reached(self, where: str) -> None:
        part = 1.0 if where == "edges" else self._part_of[where]
        if self._holds and part >= self._holds[0]:
            hold = self._holds.pop(0)
            tell({"held": hold, "where": where})
            os.kill(os.getpid(), signal.SIGSTOP)


def tell(message: dict[str, Any]) -> None:
    print(json.dumps(message), flush=True)


if __name__ == "__main__":
    tell({"ended": main(Job(**json.loads(sys.argv[1])))})
