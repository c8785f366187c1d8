import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { freePort, type MongoServer, startProxy, type WireProxy } from "@outgraph/stack";
import { MongoClient } from "mongodb";

/** The wires between the members of a replica set, each way of each pair by itself. */
export interface MemberWires extends AsyncDisposable {
  /** How the members stand in the set's configuration now, in the order of `mongo.members`. */
  readonly advertised: readonly string[];
  /** Connections between this member and the others that are open now. */
  connections(member: number): number;
  /** Nothing goes between this member and the others; clients still reach it. */
  part(member: number, how: "cut" | "hole"): void;
  /** What members say to each other takes so many milliseconds longer each way. */
  slow(ms: number): void;
  heal(): Promise<void>;
}

/**
 * Gives each member of a set of three an address in front of it, by which the others know it.
 *
 * Who is at the other end is told by the first thing that a member says (`hostInfo`), which it does
 * when test commands are allowed: so the set must have been started with `testCommands`. Whoever else
 * comes this way, such as a driver that follows the set's configuration, is passed on unharmed.
 */
export async function wireMembers(mongo: MongoServer): Promise<MemberWires> {
  await using stack = new AsyncDisposableStack();
  const ports = mongo.members.map(({ address }) => Number(address.split(":")[1]));
  const between: WireProxy[][] = [];
  const advertised: string[] = [];
  for (const { address } of mongo.members) {
    // One for each member that may call, itself among them.
    const from = await Promise.all(ports.map(() => startProxy({ target: address })));
    for (const proxy of from) stack.use(proxy);
    between.push(from);
    const front = await listen((socket, first) => {
      const caller = ports.indexOf(callerOf(first));
      const [host, port] = (from[caller]?.address ?? address).split(":");
      pass(socket, first, connect({ host: host ?? "", port: Number(port), noDelay: true }));
    });
    stack.defer(front.close);
    advertised.push(`127.0.0.1:${front.port}`);
  }
  await advertise(mongo, advertised);
  const rest = stack.move();
  const at = (member: number): WireProxy[] =>
    between.flatMap((from, to) =>
      from.filter((_, caller) => caller !== to && (to === member || caller === member)),
    );
  return {
    advertised,
    connections: (member) => at(member).reduce((sum, { connections }) => sum + connections, 0),
    part(member, how) {
      for (const proxy of at(member)) how === "cut" ? proxy.cut() : proxy.blackHole();
    },
    slow(ms) {
      for (const proxy of between.flat()) proxy.delay(ms);
    },
    async heal() {
      await Promise.all(between.flat().map((proxy) => proxy.heal()));
    },
    [Symbol.asyncDispose]: () => rest.disposeAsync(),
  };
}

/** The port that a member itself listens on, from its greeting; 0 for anybody else. */
function callerOf(first: Buffer): number {
  const greeting = first.subarray(0, 2_048).toString("latin1");
  return Number(/hostInfo\0[\s\S]{4}[^\0]*:(\d+)\0/.exec(greeting)?.[1] ?? 0);
}

/** Puts these addresses into the set's configuration, by force: all of them change at once. */
async function advertise(mongo: MongoServer, addresses: readonly string[]): Promise<void> {
  const client = new MongoClient(mongo.uri);
  try {
    const admin = client.db("admin");
    const { config } = await admin.command({ replSetGetConfig: 1 });
    const members = mongo.members.map(({ address }, i) => {
      const present = config.members.find(({ host }: { host: string }) => host === address);
      return { ...present, host: addresses[i] };
    });
    const version = config.version + 1;
    await admin.command({ replSetReconfig: { ...config, version, members }, force: true });
  } finally {
    await client.close();
  }
  await mongo.primary();
}

async function listen(
  joined: (socket: Socket, first: Buffer) => void,
): Promise<{ port: number; close: () => Promise<void> }> {
  const open = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    socket.on("error", () => socket.destroy());
    socket.once("data", (first) => {
      socket.pause();
      joined(socket, first);
    });
  });
  const port = await freePort();
  server.listen({ host: "127.0.0.1", port });
  await once(server, "listening");
  return {
    port,
    async close() {
      for (const socket of open) socket.destroy();
      server.close();
    },
  };
}

/** Joins two sockets: what ends or breaks on one side does so on the other. */
function pass(near: Socket, first: Buffer, far: Socket): void {
  far.on("error", () => near.resetAndDestroy());
  far.on("close", () => near.destroy());
  near.on("close", () => far.destroy());
  far.write(first);
  near.pipe(far);
  far.pipe(near);
}
