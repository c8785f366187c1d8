#!/usr/bin/env node
import { OutboxService, REQUEST_BYTES_MAX } from "@outgraph/events";
import { startRpcServer, traceCalls } from "@outgraph/rpc-server";
import { doorOf, runService } from "@outgraph/rpc-server/service";
import { logSignals, metricsFrom, signals, startTracing } from "@outgraph/telemetry";
import { mongoAppendStore } from "./adapters/mongo/append-store.ts";
import { MongoBacklog } from "./adapters/mongo/backlog.ts";
import { MongoEntryStates } from "./adapters/mongo/entry-states.ts";
import { mongoClient } from "./adapters/mongo/mongo-client.ts";
import { OutboxAccess } from "./adapters/mongo/outbox-access.ts";
import { refusalOf } from "./adapters/mongo/refusal-of.ts";
import { compileRules } from "./check-append.ts";
import { APPEND_OPTIONS } from "./options.ts";
import { outboxService } from "./routes.ts";
import {
  APPEND_LOGS,
  APPEND_METRICS,
  type AppendMeasured,
  type MeasuredAppendSignals,
  toldTo,
} from "./signals.ts";
import { WaitBoard } from "./wait-board.ts";

await runService({
  name: "outgraph-append",
  about: "Writes documents and graph changes into MongoDB, in one transaction.",
  options: APPEND_OPTIONS,

  async start(options, logger, stopping) {
    compileRules();
    const told = signals<MeasuredAppendSignals>();
    logSignals(told, logger, { ...APPEND_LOGS, measured: null });
    const metrics = metricsFrom(told, APPEND_METRICS);
    const tracing = await startTracing("outgraph-append", logger);

    const mongo = mongoClient(options.mongodbUri, told);
    const database = options.database || mongo.client.options.dbName;
    const access = new OutboxAccess();
    const backlog = new MongoBacklog(access);
    const states = new MongoEntryStates(() => access.required);
    const board = new WaitBoard(states, options.waitsMax, {
      opened: () => told.emit("stream.opened", {}),
      lost: (err) => told.emit("stream.lost", { err }),
      open: (open) => told.emit("waits", { open }),
    });
    const store = mongoAppendStore(mongo, access, options, told);
    const measured = (): AppendMeasured => ({
      pendingAppends: store.pending,
      pendingBytes: store.pendingBytes,
      backlogEntries: backlog.entries(),
      backlogEntriesMax: options.backlogEntriesMax,
    });
    const service = outboxService(
      {
        store,
        states,
        board,
        backlog,
        tell: toldTo(told),
        tracing,
        refusalOf: (error) =>
          refusalOf(error, { field: undefined, primaryKnown: mongo.primaryKnown() }),
      },
      { ...options, database },
    );

    const server = await startRpcServer({
      ...doorOf(options),
      routes: (router) => router.service(OutboxService, service),
      interceptors: [traceCalls(tracing)],
      ready: () => access.ready(mongo.primaryKnown()),
      metrics: {
        contentType: metrics.contentType,
        text: () => {
          told.emit("measured", measured());
          return metrics.text();
        },
      },
      signals: told,
      requestBytesMax: REQUEST_BYTES_MAX,
    });
    const opened = access
      .open(mongo.client, database, options.setup, told, stopping)
      .then(() => backlog.refresh());
    return {
      url: server.url,
      ended: opened.then(() => new Promise<number>(() => {})), // only ever by an error
      async stop() {
        await board.stop();
        await server.stop(options.stopGraceMs);
        await mongo.client.close();
        await tracing.close();
      },
    };
  },
});
