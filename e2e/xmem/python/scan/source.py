"""What a scanner finds in a file of Python: symbols, imports and calls."""

import ast
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field


def content_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Symbol:
    name: str
    """As it is called in its file: ``Class.method``."""
    kind: str
    code: str
    signature: str
    docstring: str
    start_line: int
    end_line: int
    parent_class: str | None

    @property
    def hash(self) -> str:
        return content_hash(self.code)

    @property
    def lines(self) -> int:
        return self.end_line - self.start_line + 1

    @property
    def is_public(self) -> bool:
        return not self.name.rpartition(".")[2].startswith("_")

    @property
    def complexity(self) -> str:
        return "low" if self.lines <= 20 else "medium" if self.lines <= 100 else "high"

    @property
    def summary(self) -> str:
        first = self.docstring.strip().partition("\n")[0]
        return first[:200] or f"{self.kind} {self.name}"


@dataclass(frozen=True)
class Call:
    caller: str
    callee: str
    is_direct: bool


@dataclass(frozen=True)
class SourceFile:
    path: str
    content: str
    symbols: list[Symbol] = field(default_factory=list)
    imports: list[tuple[str, bool]] = field(default_factory=list)
    """Modules, and whether they were named relative to this one."""
    calls: list[Call] = field(default_factory=list)

    @property
    def hash(self) -> str:
        return content_hash(self.content)

    @property
    def total_lines(self) -> int:
        return self.content.count("\n") + 1

    @property
    def summary(self) -> str:
        names = ", ".join(symbol.name for symbol in self.symbols[:10])
        return f"Defines: {names}" if names else f"File {self.path}"


def parse(path: str, content: str) -> SourceFile:
    """:raises SyntaxError: when it is no Python."""
    tree = ast.parse(content)
    lines = content.splitlines()
    symbols: dict[str, Symbol] = {}
    calls: dict[Call, None] = {}
    for node, parent in _definitions(tree.body, None):
        symbol = _symbol(node, parent, lines)
        symbols[symbol.name] = symbol  # the last of that name counts, as in Python itself
        if symbol.kind != "class":
            calls.update(dict.fromkeys(_calls(symbol.name, node)))
    return SourceFile(path, content, list(symbols.values()), list(_imports(tree)), list(calls))


_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def _definitions(
    body: list[ast.stmt], parent: str | None
) -> Iterator[tuple[_Definition, str | None]]:
    """Functions and classes of a module, and the methods of its classes."""
    for node in body:
        if isinstance(node, _Definition):
            yield node, parent
        if isinstance(node, ast.ClassDef) and parent is None:
            yield from _definitions(node.body, node.name)


def _symbol(node: _Definition, parent: str | None, lines: list[str]) -> Symbol:
    end = node.end_lineno or node.lineno
    kind = "class" if isinstance(node, ast.ClassDef) else "method" if parent else "function"
    return Symbol(
        name=f"{parent}.{node.name}" if parent else node.name,
        kind=kind,
        code="\n".join(lines[node.lineno - 1 : end]),
        signature=lines[node.lineno - 1].strip(),
        docstring=ast.get_docstring(node) or "",
        start_line=node.lineno,
        end_line=end,
        parent_class=parent,
    )


def _calls(caller: str, node: _Definition) -> Iterator[Call]:
    for each in ast.walk(node):
        if isinstance(each, ast.Call):
            if isinstance(each.func, ast.Name):
                yield Call(caller, each.func.id, True)
            elif isinstance(each.func, ast.Attribute):
                yield Call(caller, each.func.attr, False)


def _imports(tree: ast.Module) -> Iterator[tuple[str, bool]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, False
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, node.level > 0
