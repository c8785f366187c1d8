import { expect, test } from "vitest";
import { rxjsSources } from "../default-codebase.ts";
import { changesBetween } from "./changes.ts";
import { secondRevision } from "./second-revision.ts";
import { readSources } from "./source-files.ts";
import { linked } from "./test/parsed.ts";

const { files: sources } = await readSources(rxjsSources().folder);
const first = linked(sources);

test("the same seed gives the same revision, another seed another", () => {
  const revisions = [7, 7, 8].map((seed) => secondRevision(sources, first, seed));

  expect(revisions[1]).toEqual(revisions[0]);
  expect(revisions[2]).not.toEqual(revisions[0]);
});

test.each([1, 2, 3, 4, 5])("revision of seed %i changes, deletes, adds and renames", (seed) => {
  const revision = secondRevision(sources, first, seed);
  const second = linked(revision.files);
  const changes = changesBetween(first, second);

  const kinds = Object.groupBy(changes, ({ kind }) => kind);
  expect(kinds.changed?.length).toBeGreaterThan(40);
  expect(kinds.added).toHaveLength(revision.newFiles);
  expect(kinds.deleted).toHaveLength(revision.deletedFiles);
  expect(revision.renamedSymbols).toBe(10);
  const names = second.files.flatMap(({ symbols }) => symbols.map(({ name }) => name));
  expect(names.filter((name) => name.endsWith("Revised")).length).toBeGreaterThanOrEqual(10);
  const folders = changes.flatMap((change) => (change.kind === "deleted" ? change.folders : []));
  expect(folders.length).toBeGreaterThan(0);
});

test("nothing in a revision refers to what is not there", () => {
  const second = linked(secondRevision(sources, first, 3).files);

  const ids = new Set(second.files.flatMap(({ symbols }) => symbols.map(({ id }) => id)));
  const paths = new Set(second.files.map(({ path }) => path));
  const called = second.files.flatMap(({ symbols }) => symbols.flatMap(({ calls }) => calls));
  expect(called.filter(({ symbol }) => !ids.has(symbol))).toEqual([]);
  const imported = second.files.flatMap(({ imports }) => imports);
  expect(imported.filter(({ path }) => !paths.has(path))).toEqual([]);
});

test("a codebase of one file has a second revision too", () => {
  const one = [{ path: "a.py", text: "def function():\n    pass\n", modifiedAt: new Date(0) }];

  const { files } = secondRevision(one, linked(one), 1);

  expect(linked(files).repository).toBe("small");
});
