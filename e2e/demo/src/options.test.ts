import { resolve } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { nameOf, readOptions } from "./options.ts";

afterEach(() => vi.unstubAllEnvs());

test("without options: RxJS, three kills of the relay, seed 1, and everything stopped at the end", () => {
  expect(readOptions([])).toEqual({ dualWrite: false, keep: false, kills: 3, seed: 1 });
});

test("options are read, with or without the -- of a package manager", () => {
  const typed = ["--dual-write", "--keep", "--kills", "0", "--seed", "4294967295"];
  const read = { dualWrite: true, keep: true, kills: 0, seed: 2 ** 32 - 1 };

  expect(readOptions(typed)).toEqual(read);
  expect(readOptions(["--", ...typed])).toEqual(read);
});

test("a folder is found from where the command was typed, and names the codebase", () => {
  vi.stubEnv("INIT_CWD", "/home/ada");

  expect(readOptions(["--path", "code/engine"]).path).toBe("/home/ada/code/engine");
  expect(readOptions(["--path", "/srv/x"]).path).toBe(resolve("/srv/x"));
  expect(nameOf("/home/ada/code/engine/")).toBe("engine");
  expect(nameOf("/")).toBe("codebase");
});
