import { expect, test } from "vitest";
import { metricsFrom } from "./metrics.ts";
import { signals } from "./signals.ts";

interface Told {
  "append.done": { code: string; durationMs: number };
  backlog: { entries: number };
  stopped: Record<string, never>;
}

test("metrics follow the signals they are fed by", async () => {
  const told = signals<Told>();
  const metrics = metricsFrom(told, {
    "append.done": [
      { kind: "counter", name: "appends_total", help: "Appends.", labels: ["code"] },
      {
        kind: "histogram",
        name: "append_duration_seconds",
        help: "How long.",
        value: ({ durationMs }) => durationMs / 1000,
        buckets: [0.01, 0.1],
      },
    ],
    backlog: [
      { kind: "gauge", name: "backlog_entries", help: "Pending.", value: (b) => b.entries },
    ],
  });

  told.emit("append.done", { code: "ok", durationMs: 50 });
  told.emit("append.done", { code: "ok", durationMs: 5 });
  told.emit("append.done", { code: "aborted", durationMs: 5 });
  told.emit("backlog", { entries: 7 });

  const text = await metrics.text();
  expect(text).toContain('appends_total{code="ok"} 2');
  expect(text).toContain('appends_total{code="aborted"} 1');
  expect(text).toContain('append_duration_seconds_bucket{le="0.01"} 2');
  expect(text).toContain('append_duration_seconds_bucket{le="0.1"} 3');
  expect(text).toContain("backlog_entries 7");
  expect(text).toContain("process_cpu_seconds_total");
});

test("a gauge is absent until its value is known, and again when it is not", async () => {
  const told = signals<Told & { window: { seconds?: number } }>();
  const metrics = metricsFrom(told, {
    window: [{ kind: "gauge", name: "window", help: "Left.", value: ({ seconds }) => seconds }],
    backlog: [{ kind: "gauge", name: "backlog", help: "B.", initial: 0, value: (b) => b.entries }],
  });
  const samples = async () => (await metrics.text()).split("\n").filter((l) => /^[wb]\w+ /.test(l));

  expect(await samples()).toEqual(["backlog 0"]);
  told.emit("window", { seconds: 5 });
  expect(await samples()).toEqual(["window 5", "backlog 0"]);
  told.emit("window", {});
  expect(await samples()).toEqual(["backlog 0"]);
});

test("two signals may feed one metric, if they agree on it", async () => {
  const told = signals<Told>();
  const halted = { name: "halted", help: "1 when halted." };
  const metrics = metricsFrom(told, {
    backlog: [{ kind: "gauge", ...halted, value: () => 0 }],
    stopped: [{ kind: "gauge", ...halted, value: () => 1 }],
  });
  told.emit("stopped", {});
  expect(await metrics.text()).toContain("halted 1");

  expect(() =>
    metricsFrom(told, {
      backlog: [{ kind: "gauge", ...halted, value: () => 0 }],
      stopped: [{ kind: "counter", ...halted }],
    }),
  ).toThrow("halted is defined twice");
});
