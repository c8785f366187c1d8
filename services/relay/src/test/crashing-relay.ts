// A relay that ends by SIGKILL at one moment, named by OUTGRAPH_TEST_CRASH: what main.ts wires, with
// ports that do it.
import { runService } from "@outgraph/rpc-server/service";
import { MongoOutbox } from "../adapters/mongo/mongo-outbox.ts";
import { Neo4jGraph } from "../adapters/neo4j/neo4j-graph.ts";
import { SYSTEM_CLOCK } from "../clock.ts";
import { RELAY_CONFIG, transactionMsMax } from "../config.ts";
import { startRelay } from "../service.ts";

const moment = process.env["OUTGRAPH_TEST_CRASH"];
const retentionHours = process.env["OUTGRAPH_TEST_RETENTION_HOURS"];

await runService({
  name: "crashing-relay",
  about: "A relay that ends by SIGKILL at one moment.",
  options: RELAY_CONFIG,
  start: (config, logger) => {
    const outbox = new MongoOutbox({ uri: config.mongodbUri, database: config.database });
    const graph = new Neo4jGraph({
      uri: config.neo4jUri,
      user: config.neo4jUser,
      password: config.neo4jPassword,
      database: config.neo4jDatabase,
      transactionMsMax: transactionMsMax(config),
    });
    return startRelay(
      { outbox: crashing(outbox), graph: crashing(graph), clock: SYSTEM_CLOCK },
      // Less than a user may say; it cannot be said to main.ts.
      retentionHours === undefined ? config : { ...config, retentionHours: Number(retentionHours) },
      logger,
    );
  },
});

/** The same port, but the process ends before or after one of its calls: "before commit". */
function crashing<T extends object>(port: T): T {
  return new Proxy(port, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (name === "purging" || name === "parking") return crashing(member as object);
      if (typeof member !== "function" || name === "encode") return member; // the one that is no call
      return async (...args: unknown[]) => {
        if (moment === `before ${String(name)}`) die();
        // Gone while the call is on its way.
        if (moment === `during ${String(name)}`) setImmediate(die);
        const result: unknown = await member.apply(target, args);
        if (moment === `after ${String(name)}`) die();
        return result;
      };
    },
  });
}

function die(): void {
  process.kill(process.pid, "SIGKILL");
}
