import { expect, test } from "vitest";
import { callsOf, codebaseOf, fileOf } from "./test/parsed.ts";

test("TypeScript: symbols of every kind, overloads as one, and what is exported", () => {
  const codebase = codebaseOf({
    "shapes.ts": `
/** A thing with an area. Measured in metres. */
export interface Shape { area(): number }
export type Name = string;
export enum Colour { Red, Blue }

export abstract class Base<T> implements Shape {
  static made = 0;
  constructor(private readonly side: number, { deep }: { deep: T }) { Base.count(side); }
  /** Squared. */
  area(): number { return this.side * this.grow(2); }
  private grow = (by: number) => by;
  get size() { return 1; }
  set size(value: number) {}
  static count(n: number): void {}
}

export function make(side: number): Shape;
export function make(side: number, ...rest: string[]): Shape { return new Square(side); }
const Square = class { constructor(public side: number) {} };
export const later = async (n = 5) => { make(n); };
let hidden = 1;
declare function ambient(x: string): void;
`,
  });

  const { symbols } = fileOf(codebase, "shapes.ts");

  expect(
    symbols.map(({ kind, name, exported, parameters }) =>
      [exported ? "export" : "-", kind, name, ...parameters].join(" "),
    ),
  ).toEqual([
    "export interface Shape",
    "export type Name",
    "export enum Colour",
    "export class Base",
    "export method Base.constructor side {…}",
    "export method Base.area",
    "- method Base.grow by",
    "export method Base.size",
    "export method Base.count n",
    "export function make side ...rest",
    "- class Square",
    "- method Square.constructor side",
    "export function later n",
    "- variable hidden",
    "- function ambient x",
  ]);
  const named = (name: string) => symbols.find((symbol) => symbol.name === name);
  expect(named("Shape")).toMatchObject({ summary: "A thing with an area.", line: 3, endLine: 3 });
  expect(named("Base.area")).toMatchObject({ summary: "Squared.", line: 11 });
  expect(named("make")).toMatchObject({ declarations: 2, summary: null });
  expect(named("Base.size")).toMatchObject({ declarations: 2 });
  expect(named("later")).toMatchObject({ async: true });
  expect(callsOf(codebase)).toEqual({
    "shapes.ts#Base.area": ["shapes.ts#Base.grow ×1"],
    "shapes.ts#Base.constructor": ["shapes.ts#Base.count ×1"],
    "shapes.ts#later": ["shapes.ts#make ×1"],
    "shapes.ts#make": ["shapes.ts#Square ×1"],
  });
});

test("TypeScript: calls lead through imports, renamings and files that export again", () => {
  const codebase = codebaseOf({
    "src/index.ts": `export * from "./inner/all.js";\nexport { one as first } from "./one";`,
    "src/inner/all.ts": `export { two } from "../two"; export * as ones from "../one";`,
    "src/one.ts": `export function one() {}\nexport default function standard() {}`,
    "src/two.ts": `import type { Only } from "./one";\nexport const two = () => two();`,
    "src/user.tsx": `
import standard, { one as uno } from "./one";
import * as all from "./index";
import { first, two, absent } from ".";
import { readFile } from "node:fs";
import { gone } from "./gone";
export function use() {
  uno(); uno(); standard(); all.two(); first(); two(); absent(); readFile(); gone();
  return <div onClick={() => uno()} />;
}`,
  });

  expect(callsOf(codebase)["src/user.tsx#use"]).toEqual([
    "src/one.ts#one ×4",
    "src/one.ts#standard ×1",
    "src/two.ts#two ×2",
  ]);
  const user = fileOf(codebase, "src/user.tsx");
  expect(user.externals).toEqual(["./gone", "node:fs"]);
  expect(user.imports).toEqual([
    { path: "src/index.ts", names: ["*", "absent", "first", "two"], typeOnly: false },
    { path: "src/one.ts", names: ["default", "one"], typeOnly: false },
  ]);
  expect(fileOf(codebase, "src/two.ts").imports[0]).toMatchObject({ typeOnly: true });
  expect(fileOf(codebase, "src/one.ts").exports).toEqual(["default", "one"]);
});

test("JavaScript: CommonJS as well as ES modules", () => {
  const codebase = codebaseOf({
    "lib/a.js": `
const { helper: help, other } = require("./b");
const b = require("./b.js");
class Thing { #secret() {} run() { this.#secret(); help(); b.other(); } }
function main(x, [y], z = 1) { return new Thing(); }
module.exports = { Thing, main };`,
    "lib/b.js": `exports.helper = helper;\nfunction helper() {}\nexports.other = other;\nfunction other() {}`,
    "lib/c.mjs": `import { main } from "./a.js";\nexport default function* () { yield main(); }`,
  });

  expect(callsOf(codebase)).toEqual({
    "lib/a.js#Thing.run": ["lib/a.js#Thing.#secret ×1", "lib/b.js#helper ×1", "lib/b.js#other ×1"],
    "lib/a.js#main": ["lib/a.js#Thing ×1"],
    "lib/c.mjs#default": ["lib/a.js#main ×1"],
  });
  const { symbols, language } = fileOf(codebase, "lib/a.js");
  expect(language).toBe("javascript");
  expect(symbols.filter(({ exported }) => exported).map(({ name }) => name)).toEqual([
    "Thing",
    "main",
  ]);
  expect(symbols.at(-1)?.parameters).toEqual(["x", "[…]", "z"]);
});

test("Python: packages, relative and absolute imports, methods and docstrings", () => {
  const codebase = codebaseOf({
    "app/__init__.py": `from .core import Engine, start as begin`,
    "app/core.py": `
"""The core."""
import os
from typing import TYPE_CHECKING
from . import tools
from app.tools import helper as h
try:
    import app.extra as extra
except ImportError:
    extra = None

LIMIT = 10

class Engine:
    """Runs things. Slowly."""
    @property
    def speed(self) -> int:
        return self._measure()

    def _measure(self, by: int = 1, *args, key=None, **rest):
        return h(by) + tools.helper(by)

async def start(n):
    '''Starts it'''
    engine = Engine()
    return extra.more(engine)

def _private(): pass
`,
    "app/tools.py": `def helper(x):\n    return x\n`,
    "app/extra.py": `def more(x): return helper2(x)\ndef helper2(x): return x`,
    "tests/test_app.py": `import app\nfrom app import begin\n\ndef test_it():\n    begin(1)\n    app.Engine()\n`,
  });

  expect(callsOf(codebase)).toEqual({
    "app/core.py#Engine._measure": ["app/tools.py#helper ×2"],
    "app/core.py#Engine.speed": ["app/core.py#Engine._measure ×1"],
    "app/core.py#start": ["app/core.py#Engine ×1", "app/extra.py#more ×1"],
    "app/extra.py#more": ["app/extra.py#helper2 ×1"],
    "tests/test_app.py#test_it": ["app/core.py#Engine ×1", "app/core.py#start ×1"],
  });
  const core = fileOf(codebase, "app/core.py");
  expect(core.externals).toEqual(["os", "typing"]);
  expect(core.symbols.map(({ name, kind, exported }) => [name, kind, exported])).toEqual([
    ["extra", "variable", true],
    ["LIMIT", "variable", true],
    ["Engine", "class", true],
    ["Engine.speed", "method", true],
    ["Engine._measure", "method", false],
    ["start", "function", true],
    ["_private", "function", false],
  ]);
  expect(core.symbols[2]).toMatchObject({ summary: "Runs things." });
  expect(core.symbols[4]?.parameters).toEqual(["self", "by", "*args", "key", "**rest"]);
  expect(core.symbols[5]).toMatchObject({ async: true, summary: "Starts it" });
  expect(fileOf(codebase, "tests/test_app.py").test).toBe(true);
});

test("a file that is no valid code gives what can be read of it, and fails nothing", () => {
  const codebase = codebaseOf({
    "broken.ts": `export function fine() {}\nexport class { ((( \nfunction alsoFine() { fine(); }`,
    "empty.py": "",
  });

  expect(fileOf(codebase, "broken.ts").symbols.map(({ name }) => name)).toContain("fine");
  expect(fileOf(codebase, "empty.py")).toMatchObject({ lines: 1, symbols: [], averageLine: 0 });
});

test("files that export each other's names end in nothing rather than never", () => {
  const codebase = codebaseOf({
    "a.ts": `export * from "./b"; import { x } from "./b"; export const use = () => x();`,
    "b.ts": `export * from "./a";`,
  });

  expect(callsOf(codebase)).toEqual({});
});
