import { type Db, type Document, MongoClient, MongoServerError } from "mongodb";
import type { MongoAuth, MongoOptions } from "./mongo-server.ts";
import { REPLICA_SET } from "./mongod-args.ts";
import { waitUntil } from "./wait-until.ts";

const NOT_YET_INITIALIZED = 94;
const UNAUTHORIZED = 13;

/** The least that MongoDB takes sensibly; a dead primary is replaced after about this time. */
const ELECTION_TIMEOUT_MS = 2_000;

/** Asks one server, whatever its place in a replica set, over a connection of its own. */
export async function askServer<T>(uri: string, ask: (admin: Db) => Promise<T>): Promise<T> {
  const client = new MongoClient(uri, {
    directConnection: true,
    serverSelectionTimeoutMS: 2_000,
    connectTimeoutMS: 2_000,
    socketTimeoutMS: 30_000,
  });
  try {
    return await ask(client.db("admin"));
  } finally {
    await client.close();
  }
}

/** Asks one mongod on this machine, by "host:port". */
export function askMember<T>(address: string, ask: (admin: Db) => Promise<T>): Promise<T> {
  return askServer(`mongodb://${address}/`, ask);
}

/** What drivers connect with: all members, no direct connection. */
export function replicaSetUri(
  addresses: readonly string[],
  { auth, tls }: Pick<MongoOptions, "auth" | "tls"> = {},
): string {
  const who = auth && `${encodeURIComponent(auth.username)}:${encodeURIComponent(auth.password)}@`;
  const as = auth === undefined ? "" : "&authSource=admin";
  const how = tls === undefined ? "" : `&tls=true&tlsCAFile=${encodeURIComponent(tls.certFile)}`;
  return `mongodb://${who ?? ""}${addresses.join(",")}/?replicaSet=${REPLICA_SET}${as}${how}`;
}

/** Makes the user who may do everything, as a server without users lets anybody on its machine. */
export async function makeFirstUser(address: string, auth: MongoAuth): Promise<void> {
  const { username, password } = auth;
  await askMember(address, (admin) =>
    admin.command({ createUser: username, pwd: password, roles: ["root"] }),
  );
}

/**
 * Makes these servers one replica set and waits until it takes writes.
 *
 * Servers that have been a set with the same addresses before need nothing. Servers whose data was
 * copied from other addresses get a new configuration by force, in the order of `addresses`.
 */
export async function formReplicaSet(addresses: readonly string[]): Promise<void> {
  const [first] = addresses;
  if (first === undefined) throw new Error("a replica set has at least one member");
  await askMember(first, async (admin) => {
    const present = await configOf(admin);
    if (present === undefined) {
      await admin.command({ replSetInitiate: configFor(addresses, 1) });
    } else if (!sameMembers(present, addresses)) {
      await admin.command({
        replSetReconfig: configFor(addresses, present["version"] + 1),
        force: true,
      });
    }
  });
  await untilWritable(addresses);
}

function configFor(addresses: readonly string[], version: number): Document {
  return {
    _id: REPLICA_SET,
    version,
    members: addresses.map((host, _id) => ({ _id, host })),
    settings: { electionTimeoutMillis: ELECTION_TIMEOUT_MS },
  };
}

async function configOf(admin: Db): Promise<Document | undefined> {
  try {
    return (await admin.command({ replSetGetConfig: 1 }))["config"];
  } catch (error) {
    // A new server that asks who somebody is lets a stranger initiate it, and not look at it.
    const isNew = [NOT_YET_INITIALIZED, UNAUTHORIZED];
    if (error instanceof MongoServerError && isNew.includes(Number(error.code))) return undefined;
    throw error;
  }
}

function sameMembers(config: Document, addresses: readonly string[]): boolean {
  const hosts = (config["members"] as { host: string }[]).map(({ host }) => host);
  return hosts.length === addresses.length && hosts.every((host) => addresses.includes(host));
}

/** Resolves with the address of the member that takes writes. @throws TimedOut after a minute. */
export function untilWritable(addresses: readonly string[]): Promise<string> {
  return waitUntil(() => writableOf(addresses), {
    what: `${addresses.join(",")} has a writable primary`,
    timeoutMs: 60_000,
  });
}

/** The member that takes writes now, if one says so. */
export async function writableOf(addresses: readonly string[]): Promise<string | undefined> {
  const answers = await Promise.allSettled(addresses.map(isWritable)); // a dead one just does not count
  return addresses.find((_, i) => {
    const answer = answers[i];
    return answer?.status === "fulfilled" && answer.value;
  });
}

async function isWritable(address: string): Promise<boolean> {
  return (await askMember(address, (admin) => admin.command({ hello: 1 })))["isWritablePrimary"];
}

/** Resolves when this member is primary or secondary. @throws TimedOut after a minute. */
export async function untilMember(address: string): Promise<void> {
  await waitUntil(
    async () => {
      const hello = await askMember(address, (admin) => admin.command({ hello: 1 }));
      return hello["isWritablePrimary"] || hello["secondary"];
    },
    { what: `${address} is primary or secondary`, timeoutMs: 60_000 },
  );
}

/** Makes the primary step down; resolves when there is a writable primary again. */
export async function stepDown(addresses: readonly string[]): Promise<void> {
  const old = await untilWritable(addresses);
  const alone = addresses.length === 1;
  await askMember(old, (admin) =>
    admin.command(
      alone
        ? { replSetStepDown: 1, force: true }
        : { replSetStepDown: 30, secondaryCatchUpPeriodSecs: 10 },
    ),
  );
  const others = addresses.filter((address) => alone || address !== old);
  await untilWritable(others);
}
