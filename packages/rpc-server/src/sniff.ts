import type { Server as HttpServer } from "node:http";
import type { Http2Server } from "node:http2";
import type { Socket } from "node:net";

/** How every HTTP/2 connection begins: `PRI * HTTP/2.0`. No HTTP/1.1 method does. */
const PREFACE = Buffer.from("PRI");

/** What a connection's first bytes say: HTTP/2, HTTP/1.1, or too few to tell. */
export function protocolOf(start: Buffer): "h2" | "h1" | "more" {
  const known = Math.min(start.length, PREFACE.length);
  if (!start.subarray(0, known).equals(PREFACE.subarray(0, known))) return "h1";
  return known === PREFACE.length ? "h2" : "more";
}

/**
 * Hands a new connection, in the clear or made secure, to `http1` or `http2` by how it begins.
 *
 * One that has not said enough within `waitMs` is closed, so that silent ones do not pile up.
 */
export function tellApart(
  socket: Socket,
  http1: HttpServer,
  http2: Http2Server,
  waitMs: number,
): void {
  socket.setNoDelay(true);
  socket.on("error", () => socket.destroy()); // until a server has it: a reset here concerns nobody
  const timer = setTimeout(() => socket.destroy(), waitMs);
  socket.once("close", () => clearTimeout(timer));
  sniff(socket, Buffer.alloc(0), (protocol) => {
    clearTimeout(timer);
    (protocol === "h2" ? http2 : http1).emit("connection", socket);
  });
}

// Read and put back, in paused mode: with 'data' and pause/resume the HTTP/2 side loses bytes.
function sniff(socket: Socket, before: Buffer, found: (protocol: "h1" | "h2") => void): void {
  socket.once("readable", () => {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) return void socket.destroy(); // ended before it said anything
    const start = Buffer.concat([before, chunk]);
    const protocol = protocolOf(start);
    if (protocol === "more") return sniff(socket, start, found);
    socket.unshift(start);
    found(protocol);
  });
}
