"""The golden vectors, which stand beside this package in the repository."""

import json
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
    return [str(row.get("name", row.get("text"))) for row in vectors(name)]
