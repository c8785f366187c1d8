import { MongoClient } from "mongodb";
import neo4j from "neo4j-driver";
import { expect, test } from "vitest";
import { containerEngineAnswers } from "./container-engine.ts";
import { startMongo, startNeo4j } from "./start.ts";

const answers = await containerEngineAnswers();
const why = answers ? "" : " (skipped: no container engine)";
// The default reporter does not name skipped tests.
if (!answers) console.log("container tests skipped: no container engine");

test.skipIf(!answers)(
  `a MongoDB in a container keeps data over SIGKILL and restart${why}`,
  async () => {
    await using mongo = await startMongo({ from: "container", testCommands: true });
    expect(mongo.kind).toBe("container");
    const client = new MongoClient(mongo.uri);
    const things = client.db("stack").collection("things");
    await client.withSession((session) =>
      session.withTransaction(() => things.insertOne({ name: "kept" }, { session })),
    );

    await mongo.kill();
    await mongo.restart();

    expect(await things.distinct("name")).toEqual(["kept"]);
    await client.close();
  },
  300_000,
);

test.skipIf(!answers)(
  `a Neo4j in a container keeps data over SIGKILL and restart${why}`,
  async () => {
    await using server = await startNeo4j({ from: "container" });
    expect(server.kind).toBe("container");
    const driver = neo4j.driver(server.uri);
    await driver.executeQuery("CREATE (:Thing {name: 'kept'})");

    await server.kill();
    await server.restart();

    const { records } = await driver.executeQuery("MATCH (n:Thing) RETURN n.name AS name");
    expect(records.map((record) => record.get("name"))).toEqual(["kept"]);
    await driver.close();
  },
  300_000,
);
