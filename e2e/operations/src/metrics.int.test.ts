import { startProxy } from "@outgraph/stack";
import neo4j from "neo4j-driver";
import { afterAll, beforeAll, expect, test } from "vitest";
import { append, appendMany, decided, impossible, making } from "./appends.ts";
import { type Family, familiesIn } from "./exposition.ts";
import { expressions } from "./expressions.ts";
import { selectorsIn } from "./promql.ts";
import { call, type Service, startService } from "./services.ts";
import { surroundings } from "./surroundings.ts";

/** Labels that Prometheus itself puts on whatever it scrapes. */
const TARGET = ["job", "instance"];

const servers = new AsyncDisposableStack();
let active: Service;
let standby: Service;
let service: Service;
/** What an append service and two relays expose after a busy minute. */
let exposed: Record<"append" | "active" | "standby", ReadonlyMap<string, Family>>;

beforeAll(async () => {
  const around = servers.use(await surroundings());
  const driver = neo4j.driver(around.neo4jUri);
  await driver.executeQuery("CREATE (:Other:OutgraphStub {id: 'end of an edge'})");
  await driver.close();
  const { host } = new URL(around.neo4jUri.replace(/^\w+:/, "http:"));
  const wire = servers.use(await startProxy({ target: host }));
  const relays = {
    ...around,
    neo4jUri: `bolt://${wire.address}`,
    env: { OUTGRAPH_RETRY_MS_MAX: "500" },
  };

  wire.cut(); // so that the take-over has to be tried again
  service = servers.use(await startService("append", around));
  active = servers.use(await startService("relay", relays));
  await untilMetric(active, "outgraph_relay_retries_total");
  wire.heal();
  standby = servers.use(await startService("relay", relays));

  const [good, bad, behind] = await appendMany(service, [
    making("a"),
    impossible("b"),
    making("b"),
  ]);
  expect(await decided(service, [good!, bad!, behind!])).toEqual(["APPLIED", "PARKED", "BLOCKED"]);
  await expect(
    call(service, "outgraph.append.v1.OutboxService/Append", append({ mergeNode: {} })),
  ).rejects.toThrow("invalid_argument");
  await untilMetric(active, "outgraph_relay_oplog_window_seconds");
  await untilMetric(active, "outgraph_relay_stub_nodes");
  exposed = {
    append: await metrics(service),
    active: await metrics(active),
    standby: await metrics(standby),
  };
});

afterAll(() => servers.disposeAsync());

test("every metric that an alert or the dashboard reads is there, with the labels that it needs", async () => {
  const services = [exposed.append, exposed.active];
  for (const { where, promql } of await expressions()) {
    for (const { metric, matched, grouped } of selectorsIn(promql)) {
      const found = services.flatMap((families) => familyOf(metric, families) ?? []);
      expect(found.length, `${where}: no metric ${metric}`).toBeGreaterThan(0);
      const needed = [...matched, ...grouped].filter((label) => !TARGET.includes(label));
      if (needed.length === 0) continue;
      const samples = found.flatMap((family) => family.samples.get(metric) ?? []);
      expect(samples.length, `${where}: no sample of ${metric}`).toBeGreaterThan(0);
      for (const { labels } of samples) {
        expect(Object.keys(labels), `${where}: ${metric}`).toEqual(expect.arrayContaining(needed));
      }
    }
  }
});

test("a metric bears its unit, and says what it is", () => {
  for (const [name, { type, help, samples }] of [...exposed.append, ...exposed.active]) {
    if (!name.startsWith("outgraph_")) continue;
    expect(help, name).toMatch(/^[A-Z0-9].*\.$/);
    expect(name.endsWith("_total"), name).toBe(type === "counter");
    expect(name, "base units only").not.toMatch(/_(ms|milliseconds|minutes|kb|mb)(_|$)/);
    for (const series of samples.keys()) expect(series.startsWith(name)).toBe(true);
  }
});

test("the owner of the lane says what waits, what is set aside, and what it looked at", () => {
  const value = (name: string) => exposed.active.get(name)?.samples.get(name)?.[0]?.value;

  expect(value("outgraph_relay_active")).toBe(1);
  expect(value("outgraph_relay_lease_held")).toBe(1);
  expect(value("outgraph_relay_epoch")).toBe(1);
  expect(value("outgraph_relay_lag_known")).toBe(1);
  expect(value("outgraph_relay_lag_seconds")).toBe(0);
  expect(value("outgraph_relay_backlog_entries")).toBe(0);
  expect(value("outgraph_relay_backlog_oldest_timestamp_seconds")).toBeUndefined();
  expect(value("outgraph_relay_parked_entries")).toBe(1);
  expect(value("outgraph_relay_blocked_entries")).toBe(1);
  expect(value("outgraph_relay_stub_nodes")).toBe(1);
  expect(value("outgraph_relay_oplog_window_seconds")).toBeGreaterThan(0);
  expect(value("outgraph_relay_entries_applied_total")).toBe(1);
});

test("a standby says nothing of what it cannot know", () => {
  const samples = (name: string) => [...(exposed.standby.get(name)?.samples.values() ?? [])].flat();

  expect(samples("outgraph_relay_standby")).toMatchObject([{ value: 1 }]);
  expect(samples("outgraph_relay_lag_known")).toMatchObject([{ value: 0 }]);
  for (const name of [
    "lag_seconds",
    "backlog_entries",
    "backlog_bytes",
    "parked_entries",
    "blocked_entries",
    "stub_nodes",
    "oplog_window_seconds",
  ]) {
    expect(exposed.standby.has(`outgraph_relay_${name}`), name).toBe(true);
    expect(samples(`outgraph_relay_${name}`), name).toEqual([]);
  }
});

test("status says the same", async () => {
  const { status } = await call<{ status: Record<string, unknown> }>(
    active,
    "outgraph.relay.v1.RelayService/Status",
    {},
  );

  expect(status).toMatchObject({
    role: "RELAY_ROLE_ACTIVE",
    lagKnown: true,
    parked: "1",
    blocked: "1",
    stubs: "1",
    oplogWindow: expect.stringMatching(/^[\d.]+s$/),
  });
});

/** The family that has a series of this name; a histogram has three. */
function familyOf(series: string, families: ReadonlyMap<string, Family>): Family | undefined {
  const histogram = families.get(series.replace(/_(bucket|sum|count)$/, ""));
  return families.get(series) ?? (histogram?.type === "histogram" ? histogram : undefined);
}

async function metrics({ url }: Service): Promise<ReadonlyMap<string, Family>> {
  return familiesIn(await (await fetch(`${url}/metrics`)).text());
}

/** Resolves when the metric has a sample. */
async function untilMetric(of: Service, name: string): Promise<void> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    if ((await metrics(of)).get(name)?.samples.size) return;
    if (performance.now() > deadline) throw new Error(`no ${name} within a minute`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
