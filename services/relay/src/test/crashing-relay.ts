// A relay that ends by SIGKILL at one moment, told by OUTGRAPH_TEST_CRASH (see crashing.ts): what
// main.ts wires, with ports that do it. Without it, an ordinary relay.
import { runService } from "@outgraph/rpc-server/service";
import { LeaseThread } from "../adapters/mongo/lease-thread.ts";
import { MongoOutbox } from "../adapters/mongo/mongo-outbox.ts";
import { Neo4jGraph } from "../adapters/neo4j/neo4j-graph.ts";
import { SYSTEM_CLOCK } from "../clock.ts";
import { RELAY_CONFIG, transactionMsMax } from "../config.ts";
import { startRelay } from "../service.ts";
import { crashing, crashOf } from "./crashing.ts";

const at = crashing(crashOf(process.env["OUTGRAPH_TEST_CRASH"]));
const retentionHours = process.env["OUTGRAPH_TEST_RETENTION_HOURS"];

await runService({
  name: "crashing-relay",
  about: "A relay that ends by SIGKILL at one moment.",
  options: RELAY_CONFIG,
  start: (config, logger) => {
    const mongo = { uri: config.mongodbUri, database: config.database };
    const graph = new Neo4jGraph({
      uri: config.neo4jUri,
      user: config.neo4jUser,
      password: config.neo4jPassword,
      database: config.neo4jDatabase,
      transactionMsMax: transactionMsMax(config),
    });
    return startRelay(
      {
        outbox: at(new MongoOutbox(mongo)),
        graph: at(graph),
        clock: SYSTEM_CLOCK,
        keeper: new LeaseThread(mongo, SYSTEM_CLOCK),
      },
      // Less than a user may say; it cannot be said to main.ts.
      retentionHours === undefined ? config : { ...config, retentionHours: Number(retentionHours) },
      logger,
    );
  },
});
