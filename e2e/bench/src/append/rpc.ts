import type { Benchmark, Measured } from "../benchmark.ts";
import { callers } from "../callers.ts";
import { usageOf } from "../process-usage.ts";
import { outboxUnderTest } from "./outbox-under-test.ts";
import { type RunningServer, startAppendService, startEcho } from "./service.ts";
import { UnfoldedClients } from "./unfolded.ts";

const CALLERS = 64;

/** What an append costs the service, against a bare call of the same size. */
export const rpc: Benchmark = {
  name: "rpc",
  about: "service CPU per append ÷ CPU of a bare connect-node echo, 64 clients that cannot fold",

  async open(stage) {
    const mongo = await stage.mongo();
    const outbox = await outboxUnderTest(mongo.uri);
    const [service, echo] = await Promise.all([
      startAppendService(mongo.uri, outbox.db.databaseName),
      startEcho(),
    ]);
    const toService = new UnfoldedClients([service.url]);
    const toEcho = new UnfoldedClients([echo.url]);

    const arm = (): Promise<Measured> =>
      cpuPerCall(service, () =>
        outbox.counted((collection) =>
          callers(CALLERS, stage.runMs, (n) => toService.append(collection, n)),
        ),
      );
    const base = (): Promise<Measured> =>
      cpuPerCall(echo, () => callers(CALLERS, stage.runMs, (n) => toEcho.append("symbols_1", n)));

    return {
      comparisons: [{ name: "rpc", bar: { atMost: 2 }, arm, base }],
      async [Symbol.asyncDispose]() {
        toService.close();
        toEcho.close();
        await Promise.all([service.process.stop(), echo.process.stop()]);
        await outbox[Symbol.asyncDispose]();
      },
    };
  },
};

async function cpuPerCall(
  { process }: RunningServer,
  work: () => Promise<{ readonly calls: number; readonly seconds: number }>,
): Promise<Measured> {
  const before = usageOf(process.pid);
  const { calls, seconds } = await work();
  const after = usageOf(process.pid);
  return {
    value: ((after.cpuSeconds - before.cpuSeconds) / calls) * 1e6,
    unit: "µs of CPU per call",
    notes: { callsPerSecond: calls / seconds, peakMiB: after.peakMiB },
  };
}
