import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { checkFile, checkFolder, compare, DigestMismatch, parseLock } from "./digest.ts";
import { lockFile } from "./install-neo4j.ts";
import { NEO4J_RELEASES, type Neo4jVersion } from "./neo4j-release.ts";

const HELLO = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"; // of "hello"

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "outgraph-digest-test-"));
  await writeFile(join(folder, "a.jar"), "hello");
});

afterEach(() => rm(folder, { recursive: true }));

describe("a downloaded file", () => {
  test("is taken when it is the one we know", async () => {
    await checkFile(join(folder, "a.jar"), HELLO);
  });

  test("is refused when one byte differs", async () => {
    await writeFile(join(folder, "a.jar"), "hellO");
    await expect(checkFile(join(folder, "a.jar"), HELLO)).rejects.toThrow(DigestMismatch);
  });
});

describe("a downloaded folder", () => {
  test("is taken when it holds exactly what the lock list names", async () => {
    await checkFolder(folder, `${HELLO}  a.jar\n`);
  });

  test("is refused when a file has other content", async () => {
    await writeFile(join(folder, "a.jar"), "evil");
    await expect(checkFolder(folder, `${HELLO}  a.jar\n`)).rejects.toThrow("a.jar: expected");
  });

  test("is refused when it holds a file more", async () => {
    await writeFile(join(folder, "b.jar"), "evil");
    await expect(checkFolder(folder, `${HELLO}  a.jar\n`)).rejects.toThrow("b.jar: not expected");
  });
});

test("a comparison names every fault", () => {
  const expected = new Map([
    ["same", "1"],
    ["other", "1"],
    ["missing", "1"],
  ]);
  const found = new Map([
    ["same", "1"],
    ["other", "2"],
    ["foreign", "1"],
  ]);
  expect(compare(expected, found)).toEqual([
    "other: expected 1, got 2",
    "missing: missing",
    "foreign: not expected",
  ]);
});

test("a lock list with a damaged line is refused", () => {
  expect(() => parseLock("abc  a.jar\n")).toThrow("not a lock line");
});

test.each(Object.keys(NEO4J_RELEASES) as Neo4jVersion[])(
  "Neo4j %s has a lock list that names its own kernel",
  async (version) => {
    const lock = parseLock(await readFile(lockFile(version), "utf8"));
    expect(lock.has(`neo4j-kernel-${version}.jar`)).toBe(true);
    expect(lock.size).toBeGreaterThan(200);
  },
);
