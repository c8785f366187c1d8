import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { lengthOf, tailOf, textAfter } from "./log-file.ts";

let folder: string;
let log: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "outgraph-log-test-"));
  log = join(folder, "log");
  await writeFile(log, "first\nsecond\nthird\n");
});

afterEach(() => rm(folder, { recursive: true }));

test("the tail begins with a whole line", () => {
  expect(tailOf(log)).toBe("first\nsecond\nthird\n");
  expect(tailOf(log, 9)).toBe("third\n");
});

test("what came after an offset is all of it", () => {
  expect(textAfter(log, 6)).toBe("second\nthird\n");
});

test("a log that is not there is an empty one", () => {
  expect(tailOf(join(folder, "none"))).toBe("");
  expect(lengthOf(join(folder, "none"))).toBe(0);
});
