import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import {
  RPC_LOGS,
  RPC_METRICS,
  type RpcSignals,
  startRpcServer,
  traceCalls,
} from "@outgraph/rpc-server";
import { doorOf, type Running } from "@outgraph/rpc-server/service";
import { type Logger, logSignals, metricsFrom, signals, startTracing } from "@outgraph/telemetry";
import { type RelayConfig, retentionMs } from "./config.ts";
import { Desk } from "./desk.ts";
import { RELAY_LOGS } from "./logs.ts";
import { type MeasuredSignals, RELAY_METRICS } from "./metrics.ts";
import type { RelayPorts } from "./ports.ts";
import { readiness } from "./ready.ts";
import { relay } from "./relay.ts";
import { relayDenied } from "./rights.ts";
import { relayRoutes } from "./rpc.ts";
import { StatusBoard } from "./status.ts";
import { traceBatches } from "./traces.ts";

/** Everything that is said in a relay process. */
interface ServiceSignals extends MeasuredSignals, RpcSignals {}

/**
 * Starts the relay and the port that tells about it. The port answers at once, also while MongoDB and
 * Neo4j are away; a relay that halts leaves it open, so that somebody can read why.
 */
export async function startRelay(
  ports: RelayPorts,
  config: RelayConfig,
  logger: Logger,
): Promise<Running> {
  const holder = `${hostname()}/${process.pid}/${randomBytes(4).toString("hex")}`;
  const said = signals<ServiceSignals>();
  logSignals(said, logger, { ...RELAY_LOGS, ...RPC_LOGS, measured: null });
  const metrics = metricsFrom(said, { ...RELAY_METRICS, ...RPC_METRICS });
  const tracing = await startTracing("outgraph-relay", logger);
  traceBatches(said, tracing, ports.clock);
  const board = new StatusBoard(holder, said, ports.clock);
  const desk = new Desk();
  const server = await startRpcServer({
    ...doorOf(config),
    denied: relayDenied,
    routes: relayRoutes(board, ports.clock, { ...ports, desk, holder }),
    interceptors: [traceCalls(tracing)],
    signals: said,
    ready: () => readiness(board.now()),
    metrics: {
      contentType: metrics.contentType,
      text: () => {
        said.emit("measured", board.now());
        return metrics.text();
      },
    },
  });
  const stop = new AbortController();
  const carried = relay(
    { ...ports, desk },
    { ...config, holder, retentionMs: retentionMs(config) },
    said,
    stop.signal,
  );
  return {
    url: server.url,
    ended: carried.then(() => new Promise<never>(() => {})), // a halted relay stays up
    async stop() {
      stop.abort();
      await carried;
      await server.stop(config.stopGraceMs);
      await ports.keeper?.close();
      await ports.graph.close();
      await ports.outbox.close();
      await tracing.close();
    },
  };
}
