#!/usr/bin/env node
import "./heap.ts";
import { runService } from "@outgraph/rpc-server/service";
import { LeaseThread } from "./adapters/mongo/lease-thread.ts";
import { MongoOutbox } from "./adapters/mongo/mongo-outbox.ts";
import { Neo4jGraph } from "./adapters/neo4j/neo4j-graph.ts";
import { SYSTEM_CLOCK } from "./clock.ts";
import { RELAY_CONFIG, transactionMsMax } from "./config.ts";
import { startRelay } from "./service.ts";

await runService({
  name: "outgraph-relay",
  about: "Carries committed entries from the outbox in MongoDB into the graph in Neo4j.",
  options: RELAY_CONFIG,
  start: (config, logger) => {
    const mongo = { uri: config.mongodbUri, database: config.database };
    return startRelay(
      {
        outbox: new MongoOutbox(mongo),
        graph: new Neo4jGraph({
          uri: config.neo4jUri,
          user: config.neo4jUser,
          password: config.neo4jPassword,
          database: config.neo4jDatabase,
          transactionMsMax: transactionMsMax(config),
        }),
        clock: SYSTEM_CLOCK,
        keeper: new LeaseThread(mongo, SYSTEM_CLOCK),
      },
      config,
      logger,
    );
  },
});
