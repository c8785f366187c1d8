import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { plainPlan } from "../truth/index.ts";
import { HistoryFile } from "./history-file.ts";

function path(): string {
  const folder = mkdtempSync(join(tmpdir(), "history-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, "history.jsonl");
}

test("what a killed writer had begun is unknown, and can be repeated by its plan", () => {
  const at = path();
  const file = new HistoryFile(at);
  expect(file.read()).toEqual({ history: [], unfinished: [] });
  file.started("a", plainPlan("x"));
  file.ended({ entry: "a", outcome: "ok", startedMs: 1, endedMs: 2 });
  file.started("b", plainPlan("y"));
  appendFileSync(at, '{"started":{"ent'); // killed in the middle of a line

  const { history, unfinished } = new HistoryFile(at).read();

  expect(history.map(({ entry, outcome }) => [entry, outcome])).toEqual([
    ["a", "ok"],
    ["b", "unknown"],
  ]);
  expect(unfinished).toEqual([{ entry: "b", plan: plainPlan("y") }]);
});

test("what was repeated has the outcome of the repeat", () => {
  const file = new HistoryFile(path());
  file.started("a", plainPlan("x"));
  file.started("a", plainPlan("x"));
  file.ended({ entry: "a", outcome: "ok", startedMs: 1, endedMs: 2 });
  const { history, unfinished } = file.read();
  expect(history.map(({ outcome }) => outcome)).toEqual(["ok"]);
  expect(unfinished).toEqual([]);
});
