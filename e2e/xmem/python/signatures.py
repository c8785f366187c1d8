"""Whether a class can take the place of another: same methods, parameters and defaults.

``python3 -m signatures``: tells what differs, a line of JSON.
"""

import inspect
import json
from collections.abc import Iterator

import outgraph_xmem
import reference

NAMES = ("Neo4jClient", "CodeGraphClient", "CodeStore", "CodeStoreV1")


def differences(original: type, replacement: type) -> Iterator[str]:
    """What a caller of the original would miss. More keyword parameters with defaults, and a wider
    place for those that are there, hurt nobody."""
    for name, method in inspect.getmembers(original, inspect.isfunction):
        if (name.startswith("_") and name != "__init__") or name == "run":
            continue
        where = f"{original.__name__}.{name}"
        taken = getattr(replacement, name, None)
        if taken is None:
            yield f"{where} is missing"
            continue
        wanted, got = (inspect.signature(each).parameters for each in (method, taken))
        by_place = [
            each.name for each in wanted.values() if each.kind is each.POSITIONAL_OR_KEYWORD
        ]
        place = [each.name for each in got.values() if each.kind is each.POSITIONAL_OR_KEYWORD]
        if place[: len(by_place)] != by_place:
            yield f"{where} takes {by_place} by place, not {place}"
        for each in wanted.values():
            other = got.get(each.name)
            if other is None:
                yield f"{where} has no parameter {each.name}"
            elif other.default != each.default:
                yield f"{where}: {each.name} is {_default(each)}, not {_default(other)}"
        for each in got.values():
            if each.name not in wanted and each.default is each.empty:
                yield f"{where} asks for {each.name} too"


def _default(parameter: inspect.Parameter) -> str:
    required = parameter.default is parameter.empty
    return "required" if required else f"{parameter.default!r} by default"


if __name__ == "__main__":
    found = [
        line
        for name in NAMES
        for line in differences(getattr(reference, name), getattr(outgraph_xmem, name))
    ]
    print(json.dumps({"ended": found}, ensure_ascii=False))
