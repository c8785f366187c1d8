import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { startProcess } from "@outgraph/stack";
import type {} from "@outgraph/stack/vitest";
import neo4j from "neo4j-driver";
import { beforeEach, expect, inject, test } from "vitest";
import { INVARIANTS, judge } from "../invariants/index.ts";
import type { Appender } from "./appender.ts";
import {
  appendByService,
  appendInProcess,
  canaryKeys,
  gatedPlan,
  plainPlan,
  type Servers,
  Truth,
  Workload,
} from "./index.ts";

const main = (service: "append" | "relay"): string =>
  fileURLToPath(new URL(`../../../../services/${service}/src/main.ts`, import.meta.url));

beforeEach(async () => {
  const auth = neo4j.auth.basic(inject("neo4jUser"), inject("neo4jPassword"));
  const driver = neo4j.driver(inject("neo4jUri"), inject("neo4jPassword") ? auth : undefined);
  await driver.executeQuery("MATCH (n) DETACH DELETE n");
  await driver.close();
});

function servers(): Servers {
  return {
    mongodbUri: inject("mongodbUri"),
    database: `chaos-${randomUUID().slice(0, 8)}`,
    neo4jUri: inject("neo4jUri"),
    neo4jUser: inject("neo4jUser"),
    neo4jPassword: inject("neo4jPassword"),
  };
}

/** A service of these servers; its address once it listens. */
async function service(name: "append" | "relay", at: Servers) {
  const process_ = await startProcess({
    name,
    command: process.execPath,
    args: [main(name)],
    env: {
      OUTGRAPH_MONGODB_URI: at.mongodbUri,
      OUTGRAPH_DATABASE: at.database,
      OUTGRAPH_NEO4J_URI: at.neo4jUri,
      OUTGRAPH_NEO4J_USER: at.neo4jUser ?? "neo4j",
      OUTGRAPH_NEO4J_PASSWORD: at.neo4jPassword ?? "",
      OUTGRAPH_LISTEN: "127.0.0.1:0",
    },
    ready: /"msg":"listening"/,
  });
  const url = /"url":"(http:[^"]+)"/.exec(process_.logTail())?.[1] ?? "";
  return { url, [Symbol.asyncDispose]: () => process_.stop() };
}

test.each<["library" | "service"]>([["library"], ["service"]])(
  "what is appended by the %s is found whole on both sides, and judged in full",
  async (by) => {
    const at = servers();
    const keys = canaryKeys(6);
    await using truth = await Truth.open(at, { nodes: [...keys, "gated"], observeEveryMs: 20 });
    await using _relay = await service("relay", at);
    await using append = await service("append", at);
    await using appender: Appender =
      by === "library"
        ? await appendInProcess(at)
        : await appendByService({ ...at, url: append.url });

    // When three writers append at once, and one entry waits for a gate with one behind it.
    const workload = new Workload(appender, { nodes: keys, seed: 7 });
    await workload.append(gatedPlan("gated", "gate"));
    await workload.append(plainPlan("gated"));
    workload.start(40);
    await workload.done();
    const healing = await truth.drained(60_000);
    const evidence = await truth.evidence(workload.history, healing);

    // Then everything but the blast radius is judged, and holds.
    const { violations, notJudged } = judge(evidence);
    expect(violations).toEqual([]);
    expect(notJudged).toEqual(["blast-radius"]);
    expect(evidence.ledger.length).toBeGreaterThanOrEqual(42);
    expect(evidence.outbox?.aside).toHaveLength(2);
    expect(evidence.snapshots?.length).toBeGreaterThan(0);
    expect(evidence.graph.edges.length).toBeGreaterThan(0);

    // And what is taken out of the graph is noticed.
    const one = evidence.graph.nodes[0];
    const lost = { ...evidence.graph, nodes: evidence.graph.nodes.filter((node) => node !== one) };
    expect(judge({ ...evidence, graph: lost }).violations).not.toEqual([]);
    expect(INVARIANTS).toHaveLength(12);

    // And so is what no entry made.
    await truth.graph.executeQuery("MATCH (n:ChaosCanary) WITH n LIMIT 1 SET n:OutgraphStub");
    await truth.graph.executeQuery("CREATE (:Stranger {id: 'x'})");
    const strange = judge(await truth.evidence(workload.history, healing)).violations;
    expect(strange.map(({ invariant }) => invariant)).toEqual(["no-ghost", "no-ghost"]);
  },
);
