import type { MongoOptions, MongoServer } from "./mongo-server.ts";
import { mongodArgs } from "./mongod-args.ts";
import { freePort } from "./ports.ts";
import { formReplicaSet, replicaSetUri, stepDown, untilWritable } from "./replica-set.ts";

/** A replica set of one mongod in a container. */
export async function startMongoContainer(options: MongoOptions): Promise<MongoServer> {
  const version = options.version ?? "6.0.5";
  const image = `mongo:${version}`;
  options.onProgress?.(`starting a container of ${image} (pulled when it is not here yet)`);

  // The member's name in the set is what drivers connect to, and what mongod must find itself under:
  // the same port inside and outside makes 127.0.0.1 right for both.
  const port = options.port ?? (await freePort());
  const { startContainer } = await import("./container.ts"); // testcontainers takes a second to load
  const container = await startContainer({
    image,
    command: [
      "mongod",
      ...mongodArgs({
        dbPath: "/data/db",
        port,
        bindIp: "0.0.0.0",
        testCommands: options.testCommands ?? false,
        parameters: options.parameters ?? {},
      }),
    ],
    port: { inside: port, outside: port },
    ready: /Waiting for connections/,
    readyTimeoutMs: 60_000,
  });
  const addresses = [`127.0.0.1:${port}`];
  const uri = replicaSetUri(addresses);
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= container.remove();
    return stopping;
  };
  try {
    await formReplicaSet(addresses);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    uri,
    kind: "container",
    version,
    dataDir: undefined,
    members: [],
    primary: () => Promise.reject(new Error("a MongoDB in a container has no members to treat")),
    stepDown: () => stepDown(addresses),
    logTail: container.logTail,
    kill: container.kill,
    pause: container.pause,
    resume: container.resume,
    async restart() {
      await container.restart();
      await untilWritable(addresses);
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
