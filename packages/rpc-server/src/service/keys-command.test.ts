import { expect, test } from "vitest";
import { accessList } from "../access/access-file.ts";
import { keysCommand } from "./keys-command.ts";

test("a new key opens the access file that its line is put into", () => {
  const { out, code } = keysCommand("outgraph-append", ["keys", "new", "ingest"])!;

  const [key, line] = out.split("\n") as [string, string];
  expect(code).toBe(0);
  expect(line).not.toContain(key);
  expect(accessList(`{"principals": {${line}}}`).byKey(key)).toMatchObject({ name: "ingest" });
});

test.each([
  [["keys"]],
  [["keys", "new"]],
  [["keys", "new", "--help"]],
  [["keys", "list", "x"]],
  [["keys", "new", "a", "b"]],
])("%j is told how to say it", (args) => {
  expect(keysCommand("outgraph-append", args)).toMatchObject({
    err: "usage: outgraph-append keys new NAME\n",
    code: 2,
  });
});

test("flags are no command", () => {
  expect(keysCommand("outgraph-append", ["--listen", "x"])).toBeUndefined();
  expect(keysCommand("outgraph-append", [])).toBeUndefined();
});
