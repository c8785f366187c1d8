import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { alerts, dashboard, expressions } from "./expressions.ts";
import { selectorsIn } from "./promql.ts";

/** Labels that Prometheus itself puts on whatever it scrapes. */
const TARGET = ["job", "instance"];

test("every expression is PromQL", async () => {
  for (const { where, promql } of await expressions()) {
    expect(() => selectorsIn(promql), where).not.toThrow();
  }
});

test("a counter is looked at for its growth, and nothing else is", async () => {
  for (const { where, promql } of await expressions()) {
    for (const { metric, growth } of selectorsIn(promql)) {
      const counts = /_(total|bucket|sum|count)$/.test(metric);
      expect(growth, `${where}: ${metric}`).toBe(counts);
    }
  }
});

test("a text shows only labels that its expression keeps", async () => {
  for (const { where, promql, shown } of await expressions()) {
    const selectors = selectorsIn(promql);
    const aggregated = /\b(sum|max|min)\b/.test(promql);
    const kept = new Set(selectors.flatMap(({ grouped }) => grouped));
    for (const label of shown) {
      expect(aggregated ? kept.has(label) : TARGET.includes(label), `${where}: ${label}`).toBe(
        true,
      );
    }
  }
});

test("each alert has a severity, a summary, and a place in the manual that says what to do", async () => {
  const manual = await readFile(new URL("../../../docs/operations.md", import.meta.url), "utf8");
  const headings = [...manual.matchAll(/^#+ (\w+)$/gm)].map(([, text]) => text?.toLowerCase());
  const all = await alerts();
  const names = all.map(({ alert }) => alert);

  expect(new Set(names).size).toBe(names.length);
  for (const { alert, labels, annotations, for: lasting } of all) {
    expect(labels["severity"], alert).toMatch(/^(critical|warning)$/);
    expect(annotations["summary"], alert).toMatch(/\S/);
    expect(annotations["description"], alert).toMatch(/\S/);
    expect(annotations["runbook_url"], alert).toBe(`docs/operations.md#${alert.toLowerCase()}`);
    expect(headings, alert).toContain(alert.toLowerCase());
    if (lasting !== undefined) expect(lasting, alert).toMatch(/^\d+[smh]$/);
  }
  // The manual names no alert that is not there.
  const named = headings.filter((heading) => heading?.startsWith("outgraph"));
  expect(new Set(named)).toEqual(new Set(names.map((name) => name.toLowerCase())));
});

test("the dashboard is one that Grafana takes: panels with ids of their own, none over another", async () => {
  const { title, uid, schemaVersion, panels, templating } = await dashboard();

  expect([title, uid]).toEqual(["Outgraph", "outgraph"]);
  expect(schemaVersion).toBeGreaterThanOrEqual(36);
  expect(templating.list.map(({ name }) => name)).toEqual(["datasource", "relay", "append"]);
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  const taken = new Set<string>();
  for (const { type, title: name, gridPos, targets = [], description } of panels) {
    const { x, y, w, h } = gridPos;
    expect(x + w, name).toBeLessThanOrEqual(24);
    for (let column = x; column < x + w; column++) {
      for (let line = y; line < y + h; line++) {
        expect(taken.has(`${column}:${line}`), name).toBe(false);
        taken.add(`${column}:${line}`);
      }
    }
    if (type === "row") continue;
    expect(["stat", "timeseries"], name).toContain(type);
    expect(targets.length, name).toBeGreaterThan(0);
    expect(description, name).toMatch(/\S/);
  }
});
