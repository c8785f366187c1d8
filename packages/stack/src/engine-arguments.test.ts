import { expect, test } from "vitest";
import { mongodArgs } from "./mongod-args.ts";
import { neo4jArgs, neo4jConf } from "./neo4j-conf.ts";
import { neo4jEnvironment } from "./neo4j-container.ts";
import { NEO4J_RELEASES } from "./neo4j-release.ts";
import { replicaSetUri } from "./replica-set.ts";

const mongod = {
  dbPath: "/data",
  port: 20_001,
  bindIp: "127.0.0.1",
  testCommands: false,
  parameters: {},
};

test("a mongod listens on loopback, is a replica set member and takes little memory", () => {
  const line = mongodArgs(mongod).join(" ");
  expect(line).toContain("--bind_ip 127.0.0.1");
  expect(line).toContain("--replSet rs0");
  expect(line).toContain("--wiredTigerCacheSizeGB 0.25");
});

test("test commands are off unless asked for", () => {
  expect(mongodArgs(mongod)).toContain("enableTestCommands=0");
  expect(mongodArgs({ ...mongod, testCommands: true })).toContain("enableTestCommands=1");
});

test("a server parameter of the caller wins over ours", () => {
  const parameters = {
    diagnosticDataCollectionEnabled: true,
    transactionLifetimeLimitSeconds: 5,
  };
  const args = mongodArgs({ ...mongod, parameters });
  expect(args).toContain("diagnosticDataCollectionEnabled=true");
  expect(args).toContain("transactionLifetimeLimitSeconds=5");
  expect(args).not.toContain("diagnosticDataCollectionEnabled=false");
});

test("a URI names all members and the set, so that a driver follows the primary", () => {
  expect(replicaSetUri(["127.0.0.1:1", "127.0.0.1:2"])).toBe(
    "mongodb://127.0.0.1:1,127.0.0.1:2/?replicaSet=rs0",
  );
});

test("a Neo4j listens on loopback for Bolt alone, and a caller's setting wins", () => {
  const conf = neo4jConf({
    port: 20_002,
    authEnabled: false,
    overrides: { "server.memory.pagecache.size": "1g" },
  });
  expect(conf).toContain("server.bolt.listen_address=127.0.0.1:20002\n");
  expect(conf).toContain("server.http.enabled=false\n");
  expect(conf.match(/^server\.memory\.pagecache\.size=.*$/gm)).toEqual([
    "server.memory.pagecache.size=1g",
  ]);
});

test("each Neo4j release is started by its own main class, after the JVM's arguments", () => {
  for (const { mainClass, jvmArgs } of Object.values(NEO4J_RELEASES)) {
    const setting = {
      home: "/home",
      jars: "/jars",
      heapMb: 512,
      quickStart: false,
      mainClass,
      jvmArgs,
    };
    const args = neo4jArgs(setting);
    expect(args).toContain("-Xmx512m");
    expect(args.slice(args.indexOf(mainClass))).toEqual([
      mainClass,
      "--home-dir=/home",
      "--config-dir=/home/conf",
      "--console-mode",
    ]);
  }
});

test("a Neo4j image is told settings with dots as one underscore and underscores as two", () => {
  const environment = neo4jEnvironment({ heapMb: 700 }, 20_003);
  expect(environment["NEO4J_server_memory_heap_max__size"]).toBe("700m");
  expect(environment["NEO4J_server_bolt_advertised__address"]).toBe("127.0.0.1:20003");
  expect(environment["NEO4J_AUTH"]).toBe("none");
});
