import { expect, test } from "vitest";
import { changesBetween, pathOf } from "./changes.ts";
import { codebaseOf } from "./test/parsed.ts";

const before = codebaseOf({
  "a/one.ts": `export function one() {}`,
  "a/two.ts": `import { one } from "./one"; export const two = () => one();`,
  "b/c/three.ts": "",
  "b/c/four.ts": "",
  "same.ts": "",
});

test("every file of a first revision is added, in the order of the paths", () => {
  const changes = changesBetween(undefined, before);

  expect(changes.map((change) => [change.kind, pathOf(change)])).toEqual([
    ["added", "a/one.ts"],
    ["added", "a/two.ts"],
    ["added", "b/c/four.ts"],
    ["added", "b/c/three.ts"],
    ["added", "same.ts"],
  ]);
});

test("a file whose calls lead elsewhere has changed, though its text has not", () => {
  const after = codebaseOf({
    "a/one.ts": `export function uno() {}`,
    "a/two.ts": `import { one } from "./one"; export const two = () => one();`,
    "same.ts": "",
  });

  const changes = changesBetween(before, after);

  expect(changes.filter(({ kind }) => kind === "changed").map(pathOf)).toEqual([
    "a/one.ts",
    "a/two.ts",
  ]);
});

test("a folder is gone with the first of its last files, and told once", () => {
  const after = codebaseOf({ "b/other.ts": "", "same.ts": "" });

  const deleted = changesBetween(before, after).filter((change) => change.kind === "deleted");

  expect(deleted.map(({ before, folders }) => [before.path, folders])).toEqual([
    ["a/one.ts", ["a"]],
    ["a/two.ts", []],
    ["b/c/four.ts", ["b/c"]],
    ["b/c/three.ts", []],
  ]);
});
