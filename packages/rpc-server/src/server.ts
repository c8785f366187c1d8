import { constants } from "node:http2";
import { type AddressInfo, createServer as createTcp, type Server, type Socket } from "node:net";
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
import { type Access, type AccessOptions, openAccess } from "./access/access.ts";
import { isLoopback, openBindRefused } from "./bind.ts";
import { observeCalls, type RpcSignals } from "./calls.ts";
import { type Denied, gate } from "./gate.ts";
import { callHandler, type NodeRequest, type NodeResponse } from "./handler.ts";
import { addHealth } from "./health.ts";
import { closeIdle, http1Server, http2Server, trackSessions } from "./http-servers.ts";
import { InFlight } from "./in-flight.ts";
import { LIMITS, type Limits } from "./limits.ts";
import { Origins } from "./origins.ts";
import { type Probes, probes } from "./probes.ts";
import { addReflection } from "./reflection.ts";
import { tellApart } from "./sniff.ts";
import { type TlsFiles, tlsServer } from "./tls.ts";

/** How a server is reached, and by whom: what a service takes from its options as it is. */
export interface Door {
  /** The address to listen on. Without `access` it must be a loopback address. */
  readonly host: string;

  /** The port; 0 takes a free one. */
  readonly port: number;

  /** Speaks TLS, and nothing else. */
  readonly tls?: TlsFiles;

  /**
   * Asks who calls, before anything of a call is read. Without it, an address that other machines can
   * reach is refused, and whoever reaches the server may do everything.
   */
  readonly access?: AccessOptions;

  /** Whether `/metrics` is open, as the other probes are, or asks who calls. Default open. */
  readonly metricsOpen?: boolean;

  /** Web pages of these origins may call: `https://console.example`. Default none. */
  readonly corsOrigins?: readonly string[];

  /** Other than the defaults. */
  readonly limits?: Partial<Limits>;
}

export interface RpcServerOptions extends Door, Probes {
  /**
   * The services. Health and reflection are added to them.
   *
   * @param stopping aborted when the server begins to stop: calls that would go on for ever should
   *   end then, since the others are waited for.
   */
  readonly routes: (router: ConnectRouter, stopping: AbortSignal) => void;

  /** Told what happens to calls. */
  readonly signals: Signals<RpcSignals>;

  /** Which calls a principal may not make; by default everyone who is known may make all. */
  readonly denied?: Denied;

  /**
   * The largest request message in bytes, decompressed; a larger one is answered with
   * RESOURCE_EXHAUSTED, and not kept while it comes in. Default 16 MiB + 64 KiB, so that what the
   * contract calls 16 MiB fits.
   */
  readonly requestBytesMax?: number;

  /** Run around each call, outermost first. */
  readonly interceptors?: readonly Interceptor[];
}

/** A server that is listening. */
export interface RpcServer {
  readonly host: string;
  readonly port: number;
  /** `http://host:port`, or https. */
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

/**
 * Answers smaller than this go as they are, in bytes: those to some dozens of appends are mostly ids, of
 * which compression saves little, and it costs both sides more than sending them does.
 */
const COMPRESS_BYTES_MIN = 64 * 1024;

/** The greatest number a stream can have. */
const LAST_STREAM = 2 ** 31 - 1;

/** How long calls that were told to end, and connections, may take to do so, in milliseconds. */
const CUT_MS = 500;

/** After how much silence the system looks whether the other side is still there, in milliseconds. */
const KEEP_ALIVE_MS = 30_000;

/**
 * Serves Connect, gRPC-web, the probes (HTTP/1.1), gRPC and Connect (HTTP/2) on one port, told apart
 * by how a connection begins; with TLS, after the handshake.
 *
 * @throws OpenBindRefused when other machines could reach `host` and there is no `access`.
 * @throws Error with the code `EADDRINUSE` and its like when the port cannot be had; or when a file
 *   of `tls` or `access` cannot be had or used, which the message names.
 */
export async function startRpcServer(options: RpcServerOptions): Promise<RpcServer> {
  const { signals } = options;
  const limits: Limits = { ...LIMITS, ...options.limits };
  const near = await isLoopback(options.host);
  if (!near && options.access === undefined) throw openBindRefused(options.host);

  const shutdown = new AbortController();
  const stopping = new AbortController();
  const inFlight = new InFlight();
  const access = options.access && (await openAccess(options.access, signals));
  const origins = new Origins(options.corsOrigins ?? []);
  const handle = callHandler({
    router: routerOf(options, access, stopping.signal, shutdown.signal),
    fallback: probes(options, options.metricsOpen === false ? access : undefined),
    limits,
    signals,
    refused: (request) => origins.refused(request),
  });
  const onRequest = (request: NodeRequest, response: NodeResponse): void => {
    response.once("close", inFlight.begin());
    if (stopping.signal.aborted) {
      // On a connection that was open before; every protocol's clients read 503 as UNAVAILABLE.
      response.writeHead(503, request.httpVersionMajor === 1 ? { connection: "close" } : {});
      response.end();
      return;
    }
    if (!origins.answer(request, response)) handle(request, response);
  };

  const http1 = http1Server(onRequest, limits);
  const http2 = http2Server(onRequest, limits);
  const sessions = trackSessions(http2, limits.idleMsMax);
  const connected = (socket: Socket): void => tellApart(socket, http1, http2, limits.silenceMsMax);
  let front: { server: Server; close: () => void };
  try {
    front =
      options.tls === undefined
        ? { server: createTcp(connected), close: () => undefined }
        : await tlsServer(options.tls, limits.silenceMsMax, signals, connected);
  } catch (error) {
    access?.close();
    throw error;
  }
  const { server } = front;
  server.maxConnections = limits.connectionsMax;
  const sockets = trackSockets(server);
  const letGo = (): void => {
    access?.close();
    front.close();
  };
  const address = await listen(server, options).catch((error: unknown) => {
    letGo();
    http1.close();
    throw error;
  });
  if (!near && options.tls === undefined) signals.emit("access.cleartext", { host: options.host });

  const stop = async (graceMs: number): Promise<number> => {
    stopping.abort();
    letGo();
    const closed = new Promise((resolve) => server.close(resolve));
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
    url: urlOf(address, options.tls === undefined ? "http" : "https"),
    stop(graceMs) {
      stopped ??= stop(graceMs);
      return stopped;
    },
  };
}

function routerOf(
  options: RpcServerOptions,
  access: Access | undefined,
  stopping: AbortSignal,
  shutdownSignal: AbortSignal,
): ConnectRouter {
  const { signals, denied } = options;
  const router = createConnectRouter({
    acceptCompression: [compressionGzip, compressionBrotli],
    compressMinBytes: COMPRESS_BYTES_MIN,
    // In JSON too, what the service does not know is refused: a misspelt field would be lost.
    jsonOptions: { ignoreUnknownFields: false },
    readMaxBytes: options.requestBytesMax ?? REQUEST_BYTES_MAX,
    requestGate: gate({ access, denied, signals }),
    interceptors: [observeCalls(signals), ...(options.interceptors ?? [])],
    shutdownSignal,
  });
  options.routes(router, stopping);
  const services = new Set(router.handlers.map((handler) => handler.service.typeName));
  addHealth(router, services, options.ready, stopping);
  addReflection(router, stopping);
  return router;
}

function trackSockets(server: Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  return sockets;
}

function listen(server: Server, { host, port }: Door): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, () => {
      server.off("error", reject);
      resolve(server.address() as AddressInfo);
    });
  });
}

function urlOf({ family, address, port }: AddressInfo, scheme: "http" | "https"): string {
  return `${scheme}://${family === "IPv6" ? `[${address}]` : address}:${port}`;
}
