// A parent for parent-death.int.test.ts: starts a MongoDB, tells about it, and waits to be killed.
import { startMongo } from "../start.ts";

const mongo = await startMongo({ from: "process" });
console.log(JSON.stringify({ pid: mongo.members[0]?.pid, dataDir: mongo.dataDir }));
