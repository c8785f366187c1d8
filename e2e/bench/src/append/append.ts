import { createOutgraphClient, insertOne } from "@outgraph/client";
import type { Benchmark, Measured } from "../benchmark.ts";
import { callers, type Done } from "../callers.ts";
import { usageOf } from "../process-usage.ts";
import { appendDirectly } from "./direct.ts";
import { type OutboxUnderTest, outboxUnderTest } from "./outbox-under-test.ts";
import { type RunningServer, startAppendService } from "./service.ts";
import { UnfoldedClients } from "./unfolded.ts";
import { SOURCE, symbol } from "./workload.ts";

const CALLERS = 64;

/** Appends through the service, against one transaction per append done directly. */
export const append: Benchmark = {
  name: "append",
  about: "appends/s through the service ÷ one direct transaction per append, 64 callers each",

  async open(stage) {
    const mongo = await stage.mongo();
    const outbox = await outboxUnderTest(mongo.uri);
    const start = (env?: Record<string, string>): Promise<RunningServer> =>
      startAppendService(mongo.uri, outbox.db.databaseName, env);
    const [one, other, ungrouped] = await Promise.all([
      start(),
      start(),
      start({ OUTGRAPH_GROUP_APPENDS_MAX: "1", OUTGRAPH_GROUPS_MAX: "64" }),
    ]);

    const run = (call: (collection: string, n: number) => Promise<void>, of: RunningServer[]) => {
      return () => rate(outbox, of, stage.runMs, call);
    };
    const folded = foldingClient(one);
    const foldedUngrouped = foldingClient(ungrouped);
    const lone = new UnfoldedClients([one.url]);
    const loneTwo = new UnfoldedClients([one.url, other.url]);
    const loneUngrouped = new UnfoldedClients([ungrouped.url]);
    const direct = run((collection, n) => appendDirectly(outbox, collection, n), []);

    return {
      comparisons: [
        {
          name: "append",
          bar: { atLeast: 4 },
          arm: run(folded.append, [one]),
          base: direct,
        },
        {
          name: "append.unfolded",
          bar: { atLeast: 1.2 },
          arm: run((collection, n) => lone.append(collection, n), [one]),
          base: direct,
        },
        {
          name: "append.unfolded.two",
          bar: { atLeast: 1.5 },
          arm: run((collection, n) => loneTwo.append(collection, n), [one, other]),
          base: direct,
        },
        {
          name: "append.ablation.group",
          bar: { atLeast: 1.05 },
          arm: run(folded.append, [one]),
          base: run(foldedUngrouped.append, [ungrouped]),
        },
        {
          name: "append.unfolded.ablation.group",
          bar: { atLeast: 1.05 },
          arm: run((collection, n) => lone.append(collection, n), [one]),
          base: run((collection, n) => loneUngrouped.append(collection, n), [ungrouped]),
        },
      ],
      async [Symbol.asyncDispose]() {
        for (const client of [folded, foldedUngrouped, lone, loneTwo, loneUngrouped])
          client.close();
        await Promise.all([one, other, ungrouped].map((server) => server.process.stop()));
        await outbox[Symbol.asyncDispose]();
      },
    };
  },
};

/** One process's client, with any number of callers. */
function foldingClient({ url }: RunningServer) {
  const client = createOutgraphClient({ url, source: SOURCE });
  return {
    async append(collection: string, n: number): Promise<void> {
      const { entryId, document, event } = symbol(n);
      const writes = [insertOne(collection, document)];
      await client.append({ id: entryId, events: [event], writes });
    },
    close: () => client.close(),
  };
}

async function rate(
  outbox: OutboxUnderTest,
  servers: readonly RunningServer[],
  ms: number,
  call: (collection: string, n: number) => Promise<void>,
): Promise<Measured> {
  const used = (): number =>
    servers.reduce((sum, { process }) => sum + usageOf(process.pid).cpuSeconds, 0);
  const before = used();
  const { calls, seconds } = await outbox.counted<Done>((collection) =>
    callers(CALLERS, ms, (n) => call(collection, n)),
  );
  const cpuSeconds = used() - before;
  const peaks = servers.map(({ process }) => usageOf(process.pid).peakMiB);
  return {
    value: calls / seconds,
    unit: "appends/s",
    notes: {
      serviceCpuSecondsPer1000: (cpuSeconds / calls) * 1_000,
      servicePeakMiB: Math.max(0, ...peaks),
    },
  };
}
