import { createServer as createHttp1, type Server as HttpServer } from "node:http";
import {
  constants,
  createServer as createHttp2,
  type Http2Server,
  type ServerHttp2Session,
} from "node:http2";
import type { AddressInfo, Server, Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import {
  Code,
  ConnectError,
  type ConnectRouter,
  createConnectRouter,
  type Interceptor,
} from "@connectrpc/connect";
import { compressionBrotli, compressionGzip } from "@connectrpc/connect-node";
import type { Signals } from "@outgraph/telemetry";
import { requireLoopback } from "./bind.ts";
import { observeCalls, type RpcSignals } from "./calls.ts";
import { callHandler, type NodeRequest, type NodeResponse } from "./handler.ts";
import { addHealth } from "./health.ts";
import { InFlight } from "./in-flight.ts";
import { type Probes, probes } from "./probes.ts";
import { sniffingServer } from "./sniff.ts";

export interface RpcServerOptions extends Probes {
  /** The address to listen on. Without `auth` it must be a loopback address. */
  readonly host: string;

  /** The port; 0 takes a free one. */
  readonly port: number;

  /**
   * The services. Health is added to them.
   *
   * @param stopping aborted when the server begins to stop: calls that would go on for ever should
   *   end then, since the others are waited for.
   */
  readonly routes: (router: ConnectRouter, stopping: AbortSignal) => void;

  /** Told what happens to calls. */
  readonly signals: Signals<RpcSignals>;

  /**
   * Checks who calls, before anything else sees the call. Without it, an address that other
   * machines can reach is refused.
   */
  readonly auth?: Interceptor;

  /** Run around each call, outermost first, inside `auth`. */
  readonly interceptors?: readonly Interceptor[];

  /**
   * The largest request message in bytes, decompressed; a larger one is answered with
   * RESOURCE_EXHAUSTED. Default 16 MiB + 64 KiB, so that what the contract calls 16 MiB fits.
   */
  readonly requestBytesMax?: number;

  /**
   * How long a new connection may stay silent, and a request's headers may take, in milliseconds.
   * Default 10 000.
   */
  readonly silenceMsMax?: number;
}

/** A server that is listening. */
export interface RpcServer {
  readonly host: string;
  readonly port: number;
  /** `http://host:port`. */
  readonly url: string;

  /**
   * Takes no new connections and calls, lets those under way finish for up to `graceMs`, then ends
   * the rest with UNAVAILABLE and closes every connection. A second call changes nothing.
   *
   * @returns how many calls were cut short.
   */
  stop(graceMs: number): Promise<number>;
}

const REQUEST_BYTES_MAX = 16 * 1024 * 1024 + 64 * 1024;

/** The greatest number a stream can have. */
const LAST_STREAM = 2 ** 31 - 1;

/** How long calls that were told to end, and connections, may take to do so, in milliseconds. */
const CUT_MS = 500;

/**
 * Serves Connect, gRPC-web, the probes (HTTP/1.1), gRPC and Connect (HTTP/2 without TLS) on one
 * port, told apart by how a connection begins.
 *
 * @throws OpenBindRefused when other machines could reach `host` and there is no `auth`.
 * @throws Error with the code `EADDRINUSE` and its like when the port cannot be had.
 */
export async function startRpcServer(options: RpcServerOptions): Promise<RpcServer> {
  if (options.auth === undefined) await requireLoopback(options.host);

  const silenceMs = options.silenceMsMax ?? 10_000;
  const shutdown = new AbortController();
  const stopping = new AbortController();
  const inFlight = new InFlight();

  const handle = callHandler(
    routerOf(options, stopping.signal, shutdown.signal),
    probes(options),
    (handler, err) =>
      options.signals.emit("rpc.broken", {
        method: `${handler.service.typeName}/${handler.method.name}`,
        err,
      }),
  );
  const onRequest = (request: NodeRequest, response: NodeResponse): void => {
    response.once("close", inFlight.begin());
    if (stopping.signal.aborted) {
      // On a connection that was open before; every protocol's clients read 503 as UNAVAILABLE.
      response.writeHead(503, request.httpVersionMajor === 1 ? { connection: "close" } : {});
      response.end();
      return;
    }
    handle(request, response);
  };

  const http1 = createHttp1(
    { headersTimeout: silenceMs, connectionsCheckingInterval: silenceMs },
    onRequest as Parameters<typeof createHttp1>[1],
  );
  const http2 = createHttp2(
    { maxSessionMemory: 256 },
    onRequest as Parameters<typeof createHttp2>[1],
  );
  const sessions = trackSessions(http2);
  // Neither listens itself; this starts what HTTP/1.1 does on listening: watching for slow headers.
  http1.emit("listening");
  const port1 = sniffingServer(http1, http2, silenceMs);
  const sockets = trackSockets(port1);

  const address = await listen(port1, options);
  const stop = async (graceMs: number): Promise<number> => {
    stopping.abort();
    const closed = new Promise((resolve) => port1.close(resolve));
    closeIdle(http1);
    // Says that the end is near without refusing a stream already on its way here: Node's
    // session.close() refuses that one, and clients read it as an error of another kind.
    for (const session of sessions) session.goaway(constants.NGHTTP2_NO_ERROR, LAST_STREAM);
    let cut = 0;
    if (!(await inFlight.idle(graceMs))) {
      cut = inFlight.count;
      shutdown.abort(new ConnectError("the service is stopping", Code.Unavailable));
      await inFlight.idle(CUT_MS);
    }
    // Most are closed by now, or about to be once what they still have to send is sent.
    http1.closeIdleConnections();
    for (const session of sessions) session.close();
    await Promise.race([closed, delay(CUT_MS, undefined, { ref: false })]);
    for (const socket of sockets) socket.destroy();
    await closed;
    return cut;
  };
  let stopped: Promise<number> | undefined;
  return {
    host: options.host,
    port: address.port,
    url: `http://${address.family === "IPv6" ? `[${address.address}]` : address.address}:${address.port}`,
    stop(graceMs) {
      stopped ??= stop(graceMs);
      return stopped;
    },
  };
}

function routerOf(
  options: RpcServerOptions,
  stopping: AbortSignal,
  shutdownSignal: AbortSignal,
): ConnectRouter {
  const router = createConnectRouter({
    acceptCompression: [compressionGzip, compressionBrotli],
    // In JSON too, what the service does not know is refused: a misspelt field would be lost.
    jsonOptions: { ignoreUnknownFields: false },
    readMaxBytes: options.requestBytesMax ?? REQUEST_BYTES_MAX,
    interceptors: [
      observeCalls(options.signals),
      ...(options.auth === undefined ? [] : [options.auth]),
      ...(options.interceptors ?? []),
    ],
    shutdownSignal,
  });
  options.routes(router, stopping);
  const services = new Set(router.handlers.map((handler) => handler.service.typeName));
  addHealth(router, services, options.ready, stopping);
  return router;
}

function trackSockets(server: Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  return sockets;
}

function trackSessions(server: Http2Server): ReadonlySet<ServerHttp2Session> {
  const sessions = new Set<ServerHttp2Session>();
  server.on("session", (session) => {
    sessions.add(session);
    session.once("close", () => sessions.delete(session));
  });
  return sessions;
}

/** Closes connections without a call, and says `connection: close` on those with one. */
function closeIdle(http1: HttpServer): void {
  http1.keepAliveTimeout = 1;
  http1.closeIdleConnections();
  http1.close(); // ends the watching for slow headers
}

function listen(server: Server, { host, port }: RpcServerOptions): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, () => {
      server.off("error", reject);
      resolve(server.address() as AddressInfo);
    });
  });
}
