import { once } from "node:events";
import { constants } from "node:fs";
import { access, mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startProcess } from "@outgraph/stack";
import { MongoClient, UUID } from "mongodb";
import { expect, inject, test } from "vitest";
import { openOutbox } from "./open.ts";
import { setUpOutbox } from "./set-up.ts";

/** The mongod of the tests' server, if it is a program on this machine. */
async function mongodHere(): Promise<string | undefined> {
  const client = await new MongoClient(inject("mongodbUri")).connect();
  try {
    const { argv } = await client.db("admin").command({ getCmdLineOpts: 1 });
    await access(argv[0], constants.X_OK);
    return argv[0];
  } catch {
    return undefined;
  } finally {
    await client.close();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

test("a real standalone is refused, and nothing is made in it", async ({ skip }) => {
  const command = await mongodHere();
  if (command === undefined) return skip("the tests' mongod is no program on this machine");
  const folder = await mkdtemp(join(tmpdir(), "outgraph-standalone-"));
  const port = await freePort();
  const where = ["--dbpath", folder, "--port", String(port), "--bind_ip", "127.0.0.1"];
  try {
    await using _ = await startProcess({
      name: "standalone mongod",
      command,
      args: [...where, "--wiredTigerCacheSizeGB", "0.25", "--nounixsocket"],
      ready: /Waiting for connections/,
      sweep: folder,
    });
    await using client = await new MongoClient(`mongodb://127.0.0.1:${port}`).connect();

    await expect(setUpOutbox(client, "app")).rejects.toMatchObject({
      reason: "standalone",
      message: expect.stringContaining("--replSet rs0"),
    });

    expect(await client.db("app").listCollections().toArray()).toEqual([]);

    // Nor is an outbox used that was restored into one.
    const identity = { _id: "outbox" as never, incarnation: new UUID(), format: 1 };
    await client.db("restored").collection("outbox_meta").insertOne(identity);
    await expect(openOutbox(client.db("restored"))).rejects.toMatchObject({ reason: "standalone" });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
