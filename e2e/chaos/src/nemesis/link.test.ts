import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { anything, type Link, makeLink } from "./link.ts";

let made: AsyncDisposableStack;
beforeEach(() => {
  made = new AsyncDisposableStack();
});
afterEach(() => made.disposeAsync());

/** A wire to a server that says everything again, and one connection over it. */
async function echo(): Promise<{ link: Link; socket: Socket; port: number }> {
  const server = createServer((socket) => socket.on("error", () => {}).pipe(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  made.defer(() => void server.close());
  const { port: target } = server.address() as { port: number };
  const link = made.use(
    await makeLink([{ target: `127.0.0.1:${target}`, names: ["it"] }], anything),
  );
  const port = link.routes["it"] ?? 0;
  const socket = connect(port, "127.0.0.1").on("error", () => {});
  made.defer(() => void socket.destroy());
  await once(socket, "connect");
  return { link, socket, port };
}

/** How long it takes until what is said comes back, in milliseconds; undefined when it does not. */
async function answered(socket: Socket, withinMs = 10_000): Promise<number | undefined> {
  const began = performance.now();
  socket.write("x");
  const answer = once(socket, "data").then(() => performance.now() - began);
  return await Promise.race([
    answer,
    pause(withinMs, undefined, { ref: false }).then(() => undefined),
  ]);
}

test("a wire that is slow no more stays parted, if it is", async () => {
  const { link, socket } = await echo();
  expect(await answered(socket)).toBeDefined();

  link.slow(20);
  link.hole();
  link.slow(0);
  expect(await answered(socket, 300)).toBeUndefined();

  await link.heal();
  expect(await answered(socket)).toBeDefined();
});

test("a wire that is slow no more goes on to lose replies", async () => {
  const { link, socket } = await echo();

  link.slow(20);
  link.loseReplies();
  link.slow(0);
  socket.write("x");
  await new Promise((resolve) => void socket.once("close", resolve));

  expect(link.repliesLost).toBe(1);
});

test("a wire that is whole again stays slow, until it is not", async () => {
  const { link, socket } = await echo();

  link.slow(250); // each way
  link.hole();
  await link.heal();
  expect(await answered(socket)).toBeGreaterThan(450);

  link.slow(0);
  expect(await answered(socket)).toBeLessThan(450);
});
