import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { familiesIn } from "./exposition.ts";
import { type Service, startService } from "./services.ts";
import { surroundings } from "./surroundings.ts";

/** A port that nobody listens on. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Everything that a service has written. */
async function linesOf({ process }: Service): Promise<Record<string, unknown>[]> {
  const text = await readFile(process.logFile, "utf8");
  expect(text).not.toMatch(/s3cret/);
  const lines = text.trim().split("\n");
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** Resolves when `done` gives true. */
async function until(done: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!(await done())) {
    if (performance.now() > deadline) throw new Error("not within a minute");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function tries({ url }: Service): Promise<number> {
  const families = familiesIn(await (await fetch(`${url}/metrics`)).text());
  const samples = families.get("outgraph_relay_retries_total")?.samples.values() ?? [];
  return [...samples].flat().reduce((sum, { value }) => sum + value, 0);
}

test("a relay without Neo4j says so once, not at every try, and no secret at any level", async () => {
  const port = await closedPort();
  await using around = await surroundings();
  await using relay = await startService("relay", {
    ...around,
    neo4jUri: `bolt://127.0.0.1:${port}`,
    env: {
      OUTGRAPH_NEO4J_PASSWORD: "ne04j-s3cret",
      OUTGRAPH_RETRY_MS_MAX: "100",
      OUTGRAPH_LOG_LEVEL: "trace",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      OTEL_EXPORTER_OTLP_HEADERS: "x-api-key=otlp-s3cret",
    },
  });

  await until(async () => (await tries(relay)) >= 5);

  const waiting = (await linesOf(relay)).filter(({ msg }) => msg === "task.waiting");
  expect(waiting).toMatchObject([{ level: "warn" }]);
});

test("a service that cannot reach MongoDB tells no password of it", async () => {
  await using append = await startService("append", {
    mongodbUri: `mongodb://app:m0ngo%2Fs3cret@127.0.0.1:${await closedPort()}/x?replicaSet=r`,
    neo4jUri: "",
    database: "x",
    env: { OUTGRAPH_LOG_LEVEL: "trace" },
  });

  await until(async () => (await linesOf(append)).some(({ msg }) => msg === "outbox.waiting"));
});
