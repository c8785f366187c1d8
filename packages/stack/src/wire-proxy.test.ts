import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Deed } from "./wire-deed.ts";
import { startProxy, type WireProxy } from "./wire-proxy.ts";

/** Answers every piece with itself, and keeps what it got. */
let server: Server;
let received: string;
let proxy: WireProxy;

beforeEach(async () => {
  received = "";
  server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("data", (piece) => {
      received += piece;
      socket.write(piece);
    });
    socket.on("end", () => socket.end());
    socket.on("error", () => {}); // resets are what these tests are about
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  proxy = await startProxy({ target: `127.0.0.1:${(server.address() as AddressInfo).port}` });
});

afterEach(async () => {
  await proxy.close();
  server.close();
});

async function connected(): Promise<Socket> {
  const socket = connect({ host: "127.0.0.1", port: proxy.port, allowHalfOpen: true });
  await once(socket, "connect");
  return socket;
}

async function echoOf(socket: Socket, said: string): Promise<string> {
  socket.write(said);
  const [piece] = await once(socket, "data");
  return String(piece);
}

/** Resolves after bytes have had every chance to arrive: others made the same way many times. */
async function longEnough(): Promise<void> {
  const echo = createServer((socket) => {
    socket.on("error", () => {}); // its end is none of our concern
    socket.pipe(socket);
  }).listen(0, "127.0.0.1");
  await once(echo, "listening");
  const { port } = echo.address() as AddressInfo;
  await using other = await startProxy({ target: `127.0.0.1:${port}` });
  const socket = connect({ host: "127.0.0.1", port: other.port });
  for (let i = 0; i < 50; i++) await echoOf(socket, "ping");
  socket.destroy();
  echo.close();
}

/** How the connection ended: an error's code, or "closed". */
function endOf(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? "error"));
    socket.on("close", () => resolve("closed"));
    socket.resume();
  });
}

test("bytes go through in both directions", async () => {
  const socket = await connected();
  expect(await echoOf(socket, "hello")).toBe("hello");
  socket.destroy();
});

test("a client that has said all still gets an answer that begins only then", async () => {
  const answer = "x".repeat(300_000);
  const slow = createServer({ allowHalfOpen: true }, async (socket) => {
    await text(socket);
    socket.end(answer);
  }).listen(0, "127.0.0.1");
  await once(slow, "listening");
  const { port } = slow.address() as AddressInfo;
  await using other = await startProxy({ target: `127.0.0.1:${port}` });

  const socket = connect({ host: "127.0.0.1", port: other.port, allowHalfOpen: true });
  socket.end("all I have to say");

  expect(await text(socket)).toBe(answer);
  slow.close();
});

test("cut resets what is open and refuses what is new, until healed", async () => {
  const socket = await connected();
  await echoOf(socket, "hello");
  const end = endOf(socket);

  proxy.cut();

  expect(await end).toBe("ECONNRESET");
  await expect(connected()).rejects.toThrow("ECONNREFUSED");
  await proxy.heal();
  const again = await connected();
  expect(await echoOf(again, "again")).toBe("again");
  again.destroy();
});

test("a black hole loses nothing: what was said meanwhile arrives when healed", async () => {
  const socket = await connected();
  await echoOf(socket, "before");

  proxy.blackHole();
  const answer = echoOf(socket, "meanwhile");
  await longEnough();
  expect(received).toBe("before");
  await proxy.heal();

  expect(await answer).toBe("meanwhile");
  socket.destroy();
});

test("a delay keeps the order of what is said", async () => {
  const socket = await connected();
  proxy.delay(20);

  socket.write("one ");
  await new Promise(setImmediate);
  socket.write("two ");
  await new Promise(setImmediate);
  socket.end("three");

  expect(await text(socket)).toBe("one two three");
});

test("a lost reply: the request arrives, the client sees a reset and no byte", async () => {
  const socket = await connected();
  await echoOf(socket, "BEGIN");
  const lost = proxy.dropReplyAfter((bytes) => bytes.includes("COMMIT"));
  expect(await echoOf(socket, "RUN")).toBe("RUN");
  const end = endOf(socket);
  const pieces: Buffer[] = [];
  socket.on("data", (piece) => pieces.push(piece));

  socket.write("COMMIT");
  await lost;

  expect(await end).toBe("ECONNRESET");
  expect(pieces).toEqual([]);
  expect(received).toBe("BEGINRUNCOMMIT");
});

test("a server whose reply is lost keeps its connection, so that it finishes the request", async () => {
  const [socket, [atServer]] = await Promise.all([connected(), once(server, "connection")]);
  const end = endOf(socket);
  const lost = proxy.dropReplyAfter();

  socket.write("COMMIT");
  await lost;
  await end;
  await longEnough();
  expect(atServer.destroyed).toBe(false);

  const gone = endOf(atServer);
  await proxy.heal();
  expect(await gone).toBe("ECONNRESET");
});

test("only one reply is lost", async () => {
  const first = await connected();
  const lost = proxy.dropReplyAfter();
  const end = endOf(first);
  first.write("COMMIT");
  await lost;
  await end;

  const second = await connected();
  expect(await echoOf(second, "COMMIT")).toBe("COMMIT");
  second.destroy();
});

test("a reply that nobody asked for before the end is told", async () => {
  const lost = proxy.dropReplyAfter();
  await proxy.heal();
  await expect(lost).rejects.toThrow("before it could drop a reply");
});

test("a target that is not there looks like a reset", async () => {
  server.close();
  const socket = await connected();
  expect(await endOf(socket)).toMatch(/ECONNRESET|closed/);
});

/** Lets the next piece that says "COMMIT" be treated so; resolves with both ends of its connection. */
async function treated(deed: Deed): Promise<{ atClient: Socket; atServer: Socket }> {
  const [atClient, [atServer]] = await Promise.all([connected(), once(server, "connection")]);
  await echoOf(atClient, "BEGIN");
  proxy.onRequest(
    ({ bytes }) => bytes.includes("COMMIT"),
    () => deed,
  );
  atClient.write("COMMIT");
  return { atClient, atServer: atServer as Socket };
}

test("a lost request does not arrive, and both ends are told", async () => {
  const { atClient, atServer } = await treated("lose_request");
  expect(await Promise.all([endOf(atClient), endOf(atServer)])).toEqual([
    "ECONNRESET",
    "ECONNRESET",
  ]);
  expect(received).toBe("BEGIN");
});

test("half-open: the client is reset, the server learns of it when healed", async () => {
  const { atClient, atServer } = await treated("close_client");
  expect(await endOf(atClient)).toBe("ECONNRESET");
  await longEnough();
  expect(atServer.destroyed).toBe(false);

  await proxy.heal();
  expect(await endOf(atServer)).toBe("ECONNRESET");
  expect(received).toBe("BEGIN");
});

test("half-open the other way: the server is reset, the client learns of it when healed", async () => {
  const { atClient, atServer } = await treated("close_server");
  expect(await endOf(atServer)).toBe("ECONNRESET");
  await longEnough();
  expect(atClient.destroyed).toBe(false);

  await proxy.heal();
  expect(await endOf(atClient)).toBe("ECONNRESET");
});

test("what vanishes is missed by nobody, until healed", async () => {
  const { atClient, atServer } = await treated("vanish");
  await longEnough();
  expect([atClient.destroyed, atServer.destroyed, received]).toEqual([false, false, "BEGIN"]);

  const ends = [endOf(atClient), endOf(atServer)];
  await proxy.heal();
  expect(await Promise.all(ends)).toEqual(["ECONNRESET", "ECONNRESET"]);
});

test("half-open for all connections spares those to come", async () => {
  const [socket, [atServer]] = await Promise.all([connected(), once(server, "connection")]);
  const end = endOf(socket);
  proxy.halfOpen("server");
  expect(await endOf(atServer as Socket)).toBe("ECONNRESET");
  expect(socket.destroyed).toBe(false);

  const other = await connected();
  expect(await echoOf(other, "hello")).toBe("hello");
  other.destroy();
  await proxy.heal();
  expect(await end).toBe("ECONNRESET");
});

test("bytes that trickle arrive whole and in order", async () => {
  const socket = await connected();
  proxy.trickle(3, 1);
  socket.end("0123456789");
  expect(await text(socket)).toBe("0123456789");
});

test("a request can be held with all others, and goes on when healed", async () => {
  const socket = await connected();
  await echoOf(socket, "BEGIN");
  using _rule = proxy.onRequest(
    ({ bytes }) => bytes.includes("COMMIT"),
    () => void proxy.blackHole(),
  );
  const answer = echoOf(socket, "COMMIT");
  await longEnough();
  expect(received).toBe("BEGIN");

  await proxy.heal();
  expect(await answer).toBe("COMMIT");
  socket.destroy();
});

test("a client that is killed while its request goes by: the request arrives all the same", async () => {
  const socket = await connected();
  await echoOf(socket, "BEGIN");
  const { promise, resolve } = Promise.withResolvers<void>();
  proxy.onRequest(
    ({ bytes }) => bytes.includes("COMMIT"),
    async () => {
      socket.resetAndDestroy();
      await once(socket, "close");
      return { lostReply: resolve };
    },
  );

  socket.write("COMMIT");
  await promise;

  expect(received).toBe("BEGINCOMMIT");
});

test("rules are asked in turn, count what they saw, and end when disposed", async () => {
  const socket = await connected();
  const seen: number[] = [];
  const rule = proxy.onRequest(
    () => true,
    (_, nth) => void seen.push(nth),
  );
  for (const said of ["one", "two"]) await echoOf(socket, said);
  rule[Symbol.dispose]();
  await echoOf(socket, "three");
  expect(seen).toEqual([1, 2]);
  socket.destroy();
});
