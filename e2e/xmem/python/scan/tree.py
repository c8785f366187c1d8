"""A real source tree in two revisions: Python's own standard library on this machine."""

import ast
import random
import sysconfig
from collections.abc import Iterator
from pathlib import Path

_NOT_OURS = {"site-packages", "dist-packages", "test", "tests", "idle_test", "__pycache__"}
_BYTES_MAX = 256 * 1024


def write_revisions(folder: Path, files: int, seed: int) -> None:
    """Writes ``folder/1`` with so many files of the standard library (or all, where it has fewer),
    and ``folder/2`` with some of them changed, deleted, and new."""
    sources = _some(dict(_standard_library()), files)
    for path, text in sources.items():
        _write(folder / "1" / path, text)
    for path, text in _revised(sources, random.Random(seed)).items():
        _write(folder / "2" / path, text)


def read_tree(folder: Path) -> dict[str, str]:
    """The files of a revision, in the order of their paths."""
    paths = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.py"))
    return {path: (folder / path).read_text(encoding="utf8") for path in paths}


def _standard_library() -> Iterator[tuple[str, str]]:
    root = Path(sysconfig.get_paths()["stdlib"])
    for path in sorted(root.rglob("*.py")):
        relative = path.relative_to(root)
        if _NOT_OURS & set(relative.parts) or path.stat().st_size > _BYTES_MAX:
            continue
        try:
            text = path.read_text(encoding="utf8")
            ast.parse(text)
        except (SyntaxError, UnicodeDecodeError):
            continue
        if text.strip():
            yield relative.as_posix(), text


def _some(sources: dict[str, str], wanted: int) -> dict[str, str]:
    """Spread over the whole tree, so that few files lie at many depths too."""
    if len(sources) <= wanted:
        return sources
    step = len(sources) / wanted
    paths = list(sources)
    return {paths[int(n * step)]: sources[paths[int(n * step)]] for n in range(wanted)}


def _revised(sources: dict[str, str], dice: random.Random) -> dict[str, str]:
    revised: dict[str, str] = {}
    for number, (path, text) in enumerate(sources.items()):
        if number % 20 == 7:
            continue  # deleted
        revised[path] = _changed(text, dice) if number % 5 == 3 else text
        if number % 25 == 11:
            revised[path.removesuffix(".py") + "_new.py"] = (
                f'"""New."""\n\n\ndef new_{number}():\n    return {number}\n'
            )
    return revised


def _changed(text: str, dice: random.Random) -> str:
    """One function altered, one removed, one added; at least the last."""
    lines = text.splitlines()
    functions = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    dice.shuffle(functions)
    if functions:
        end = functions[0].end_lineno or functions[0].lineno
        lines[end - 1] += "  # altered"
    if len(functions) > 2:
        gone = functions[1]
        first = min([gone.lineno, *(each.lineno for each in gone.decorator_list)])
        for line in range(first - 1, gone.end_lineno or gone.lineno):
            lines[line] = ""
    added = f"\n\ndef added_{dice.randrange(1000)}():\n    return len(str(1))\n"
    for draft in ("\n".join(lines) + added, text + added):
        try:
            ast.parse(draft)
        except SyntaxError:
            continue
        return draft
    return text


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf8")
