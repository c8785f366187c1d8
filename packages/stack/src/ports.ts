import { once } from "node:events";
import { connect, createServer } from "node:net";

// Below Linux's range of ephemeral ports (32768 up): a port of that range may be taken by anybody's
// outgoing connection while its engine is dead, and the engine could not come back on it.
const FIRST = 20_000;
const LAST = 32_000;

/** A TCP port of 127.0.0.1 on which nothing listens at this moment. Nothing reserves it. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port between ${FIRST} and ${LAST} on 127.0.0.1`);
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  probe.listen({ host: "127.0.0.1", port, exclusive: true });
  try {
    await once(probe, "listening");
  } catch {
    return false; // in use, or not ours to bind: either way not free
  }
  probe.close();
  await once(probe, "close");
  return true;
}

/** Whether something accepts connections on this port of 127.0.0.1: cheaper to ask than a driver. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    socket.on("error", () => resolve(false));
    socket.on("connect", () => {
      socket.destroy();
      resolve(true);
    });
  });
}
