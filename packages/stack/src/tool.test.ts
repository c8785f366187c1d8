import { expect, test } from "vitest";
import { runTool, ToolFailed, ToolMissing } from "./tool.ts";

test("a missing program is named together with what to do", async () => {
  const mvn = {
    command: "outgraph-no-such-mvn",
    remedy: "install it with `apt-get install maven`",
  };
  const run = runTool(mvn, ["-v"]);
  await expect(run).rejects.toThrow(ToolMissing);
  await expect(run).rejects.toThrow("apt-get install maven");
});

test("a failing program shows both of its outputs", async () => {
  const sh = { command: "/bin/sh", remedy: "" };
  const run = runTool(sh, ["-c", "echo from stdout; echo from stderr >&2; exit 3"]);
  await expect(run).rejects.toThrow(ToolFailed);
  await expect(run).rejects.toThrow(/from stdout\nfrom stderr/);
});
