import { randomBytes } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installMongod } from "./install-mongod.ts";
import type { MongoMember, MongoOptions, MongoServer } from "./mongo-server.ts";
import { mongodArgs } from "./mongod-args.ts";
import { onSomePort } from "./on-some-port.ts";
import { isListening } from "./ports.ts";
import { type ManagedProcess, ProcessFailed, startProcess } from "./process.ts";
import {
  askMember,
  formReplicaSet,
  makeFirstUser,
  replicaSetUri,
  stepDown,
  untilMember,
  untilWritable,
} from "./replica-set.ts";

/** A replica set of one or three mongod processes on this machine. */
export async function startMongoProcess(options: MongoOptions): Promise<MongoServer> {
  const version = options.version ?? "6.0.5";
  const progress = options.onProgress ?? (() => {});
  const binary = await installMongod(version, progress);
  progress(`starting MongoDB ${version}`);

  const root = options.dataDir ?? mkdtempSync(join(tmpdir(), "outgraph-mongo-"));
  const removal = options.dataDir === undefined ? root : undefined;
  const members: Member[] = [];
  const end = async () => {
    // Data that is thrown away needs no orderly end, which takes seconds.
    await Promise.all(members.map(({ mongod }) => (removal ? mongod.kill() : mongod.stop())));
    if (removal) await rm(removal, { recursive: true, force: true });
  };
  try {
    for (let i = 0; i < (options.members ?? 1); i++) {
      members.push(await startMember(binary, root, removal, i, options));
    }
    await formReplicaSet(members.map(({ address }) => address));
    if (options.auth && members[0]) await makeFirstUser(members[0].address, options.auth);
  } catch (error) {
    const log = members[0]?.logTail();
    await end();
    if (error instanceof ProcessFailed || log === undefined) throw error;
    throw new ProcessFailed("mongod", "did not become a replica set", log, error);
  }
  return serverOf(members, version, root, end, options);
}

/** The secret by which the members of a set know each other. */
async function makeKeyFile(root: string): Promise<string> {
  const file = join(root, "key");
  await writeFile(file, randomBytes(48).toString("base64"), { mode: 0o600 });
  return file;
}

function serverOf(
  members: readonly Member[],
  version: string,
  dataDir: string,
  end: () => Promise<void>,
  access: Pick<MongoOptions, "auth" | "tls">,
): MongoServer {
  const addresses = members.map(({ address }) => address);
  const each = async (act: (mongod: ManagedProcess) => Promise<void>): Promise<void> => {
    await Promise.all(members.map(({ mongod }) => act(mongod)));
  };
  const logTail = () => members.map((member) => member.logTail()).join("\n");
  let lastWords: string | undefined;
  let stopping: Promise<void> | undefined;
  const stop = () => {
    lastWords ??= logTail();
    stopping ??= end();
    return stopping;
  };
  return {
    uri: replicaSetUri(addresses, access),
    kind: "process",
    version,
    dataDir,
    members,
    logTail: () => lastWords ?? logTail(),
    async primary() {
      const address = await untilWritable(addresses);
      const member = members.find((each) => each.address === address);
      if (member === undefined) throw new Error(`${address} is not a member`);
      return member;
    },
    stepDown: () => stepDown(addresses),
    kill: () => each((mongod) => mongod.kill()),
    pause: () => each((mongod) => mongod.pause()),
    resume: () => each((mongod) => mongod.resume()),
    async restart() {
      if (stopping) throw new Error("this MongoDB was stopped for good");
      await each((mongod) => mongod.restart());
      await untilWritable(addresses);
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

interface Member extends MongoMember {
  readonly mongod: ManagedProcess;
}

async function startMember(
  binary: string,
  root: string,
  sweep: string | undefined,
  index: number,
  options: MongoOptions,
): Promise<Member> {
  const dataDir = join(root, `member-${index}`);
  await mkdir(join(dataDir, "db"), { recursive: true });
  const keyFile = options.auth && (await makeKeyFile(root));
  const { child: mongod, port } = await onSomePort(options.port && options.port + index, (port) =>
    startProcess({
      name: `mongod-${port}`,
      command: binary,
      args: mongodArgs({
        dbPath: join(dataDir, "db"),
        port,
        bindIp: "127.0.0.1",
        testCommands: options.testCommands ?? false,
        parameters: options.parameters ?? {},
        keyFile,
        tls: options.tls,
      }),
      logFile: join(dataDir, "mongod.log"),
      ...(sweep && { sweep }),
      ready: async () => {
        if (!(await isListening(port))) return false;
        await askMember(`127.0.0.1:${port}`, (admin) => admin.command({ hello: 1 }));
        return true;
      },
      readyTimeoutMs: 60_000,
      stopGraceMs: 20_000,
    }),
  );
  const address = `127.0.0.1:${port}`;
  return {
    mongod,
    address,
    get pid() {
      return mongod.pid;
    },
    dataDir,
    logTail: () => mongod.logTail(),
    kill: () => mongod.kill(),
    pause: () => mongod.pause(),
    resume: () => mongod.resume(),
    async restart() {
      await mongod.restart();
      await untilMember(address);
    },
  };
}
