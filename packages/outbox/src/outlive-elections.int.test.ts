import { type Long, MongoClient, MongoServerError } from "mongodb";
import { expect, inject, test } from "vitest";
import { outboxCollections } from "./collections.ts";

/** What the driver holds of its servers; not public, and the only place where this can be seen. */
interface Inside {
  readonly topology: {
    readonly s: { readonly servers: ReadonlyMap<string, Server> };
  };
}
interface Server {
  readonly description: {
    readonly topologyVersion: { counter: Long | bigint; processId: unknown };
  };
  handleError(error: Error, connection?: unknown): void;
}

test("an error of a step-down, read with bigints, leaves the monitor a topology version that it can send", async ({
  onTestFinished,
}) => {
  const client = await new MongoClient(inject("mongodbUri")).connect();
  onTestFinished(() => client.close());
  outboxCollections(client.db("outlive_elections"));
  outboxCollections(client.db("outlive_elections")); // once a client is enough
  expect(client.listenerCount("serverDescriptionChanged")).toBe(1);
  const { servers } = (client as unknown as Inside).topology.s;
  const [server] = servers.values();
  if (server === undefined) throw new Error("the client knows no server");
  const { counter, processId } = server.description.topologyVersion;
  // As a member says it that has just stepped down: a higher counter, and int64 read as a bigint.
  const later = BigInt(String(counter)) + 1n;
  const error = new MongoServerError({
    message: "not primary",
    code: 10107,
    codeName: "NotWritablePrimary",
    topologyVersion: { processId, counter: later },
  });

  server.handleError(error);

  expect(server.description.topologyVersion.counter).toMatchObject({ _bsontype: "Long" });
  expect(String(server.description.topologyVersion.counter)).toBe(String(later));
});
