import { Long, type MongoClient } from "mongodb";

const listenedTo = new WeakSet<MongoClient>();

/**
 * Keeps a step-down from ending the process. A driver that reads int64 as bigint takes the
 * `topologyVersion` of an error such as "not primary" as it was read, and its monitor then throws
 * "Cannot convert a BigInt value to a number" from a timer, where nobody can catch it (makeTopologyVersion
 * in sdam/monitor.js of driver 7.9; its NODE-6165 mended only the comparison). So the number is made
 * a `Long` again as soon as the driver tells of it, which is before its monitor looks.
 */
export function outliveElections(client: MongoClient): void {
  if (listenedTo.has(client)) return;
  listenedTo.add(client);
  client.on("serverDescriptionChanged", ({ newDescription: { topologyVersion } }) => {
    const counter: unknown = topologyVersion?.counter;
    if (topologyVersion && typeof counter === "bigint") {
      topologyVersion.counter = Long.fromBigInt(counter);
    }
  });
}
