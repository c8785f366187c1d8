"""The golden vectors, which stand beside this package in the repository."""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[3] / "e2e/vectors/golden"


@cache
def vectors(name: str) -> list[dict[str, Any]]:
    rows = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf8"))
    assert isinstance(rows, list) and rows
    return rows


def named(name: str) -> list[str]:
    return [str(row["name"]) for row in vectors(name)]


def note(name: str, vector: dict[str, Any], deed: str) -> None:
    """Notes what was done with a vector, where all languages' notes are compared."""
    if path := os.environ.get("OUTGRAPH_VECTORS_NOTED"):
        with open(path, "a", encoding="utf8") as notes:
            notes.write(f"{name}\t{vector['name']}\t{deed}\n")
