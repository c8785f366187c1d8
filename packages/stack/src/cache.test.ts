import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { cached, cacheFolder } from "./cache.ts";

let cache: string;

beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), "outgraph-cache-test-"));
});

afterEach(() => rm(cache, { recursive: true }));

test("the cache is OUTGRAPH_CACHE, else in XDG_CACHE_HOME, else in ~/.cache", () => {
  expect(cacheFolder({ OUTGRAPH_CACHE: "/a", XDG_CACHE_HOME: "/b" })).toBe("/a");
  expect(cacheFolder({ XDG_CACHE_HOME: "/b" })).toBe("/b/outgraph");
  expect(cacheFolder({})).toBe(join(homedir(), ".cache", "outgraph"));
});

test("a folder is filled once", async () => {
  let fills = 0;
  const fill = async (folder: string) => {
    fills++;
    await writeFile(join(folder, "engine"), "bytes");
  };

  await cached("engine-1", fill, cache);
  const folder = await cached("engine-1", fill, cache);

  expect(fills).toBe(1);
  expect(await readFile(join(folder, "engine"), "utf8")).toBe("bytes");
});

test("two who want the same folder at once fill it once", async () => {
  let fills = 0;
  const fill = async () => {
    fills++;
  };

  await Promise.all([cached("engine-1", fill, cache), cached("engine-1", fill, cache)]);

  expect(fills).toBe(1);
});

test("what fails half way leaves nothing, and the next try starts afresh", async () => {
  const broken = cached(
    "engine-1",
    async (folder) => {
      await writeFile(join(folder, "half"), "");
      throw new Error("no network");
    },
    cache,
  );

  await expect(broken).rejects.toThrow("no network");
  expect(await readdir(cache)).toEqual([]);
  await cached("engine-1", async () => {}, cache);
  expect(await readdir(cache)).toEqual(["engine-1"]);
});

test("what a killed installer left is removed by the next, an hour later", async () => {
  const [old, young] = [join(cache, ".engine-1-old"), join(cache, ".engine-1-young")];
  await Promise.all([mkdir(old), mkdir(young)]);
  await utimes(old, new Date(0), new Date(0));

  await cached("engine-1", async () => {}, cache);

  expect((await readdir(cache)).sort()).toEqual([".engine-1-young", "engine-1"]);
});
