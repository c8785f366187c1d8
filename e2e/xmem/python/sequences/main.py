"""Plays random sequences through the reference and through Outgraph, and compares.

``python3 -m sequences.main <job as JSON>`` with a ``Job``. Tells a line of JSON for each sequence
that differs, and one at the end: how many were compared, and what differed.
"""

import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sequences.arm import Arm, Servers, reference_arm
from sequences.calls import calls_of
from sequences.compare import differences
from sequences.generate import generate
from sequences.outgraph_arm import outgraph_arm
from sequences.play import play

KEPT = Path(__file__).parent / "kept_seeds.txt"
"""Seeds whose sequences differed once: played first, for ever."""

_FAILURES_MAX = 5


@dataclass(frozen=True)
class Job:
    servers: dict[str, str]
    first_seed: int
    sequences: int
    calls_max: int
    seconds_max: float
    """No sequence is begun after that, once the first one has met servers that were cold."""


def main(job: Job) -> dict[str, Any]:
    servers = Servers(**job.servers)
    arms = (reference_arm(servers), outgraph_arm(servers))
    began = warm = time.monotonic()
    compared = calls = 0
    failures = []
    kept = [int(line) for line in KEPT.read_text(encoding="utf8").split()]
    fresh = range(job.first_seed, job.first_seed + job.sequences)
    for seed in [*kept, *fresh]:
        if time.monotonic() - warm > job.seconds_max or len(failures) >= _FAILURES_MAX:
            break
        different, length = _compare(seed, job.calls_max, arms)
        compared += 1
        if compared == 1:
            warm = time.monotonic()
        calls += length
        if different:
            failures.append(seed)
            tell({"seed": seed, "differences": different})
            if seed not in kept:
                with KEPT.open("a", encoding="utf8") as file:
                    file.write(f"{seed}\n")
    for arm in arms:
        arm.close()
    seconds = time.monotonic() - began
    return {"sequences": compared, "calls": calls, "failures": failures, "seconds": seconds}


def _compare(seed: int, calls_max: int, arms: tuple[Arm, Arm]) -> tuple[list[str], int]:
    sequence = generate(seed, calls_max)
    expected, found = (play(sequence, arm) for arm in arms)
    return differences(sequence, expected, found), len(calls_of(sequence))


def tell(message: dict[str, Any]) -> None:
    print(json.dumps(message, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    tell({"ended": main(Job(**json.loads(sys.argv[1])))})
