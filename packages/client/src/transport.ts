import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { Code, ConnectError, type Interceptor, type Transport } from "@connectrpc/connect";
import {
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
  Http2SessionManager,
} from "@connectrpc/connect-node";
import type { ServiceOptions, TlsOptions, Token } from "./options.ts";

/** What the client speaks: Connect or gRPC-web over HTTP/1.1, Connect or gRPC over one HTTP/2 connection. */
export type Protocol = "connect" | "connect-h2" | "grpc" | "grpc-web";

/** Connections to a service, and how to let go of them. */
export interface Connections {
  readonly transport: Transport;
  /** Closes every connection; calls under way fail. */
  close(): void;
}

/** Most connections of one client over HTTP/1.1; further calls wait for one. */
const SOCKETS_MAX = 256;

/** Opens nothing yet: the first call does. */
export function connectionsTo(options: ServiceOptions): Connections {
  if (options.transport !== undefined) {
    return { transport: options.transport, close: () => undefined };
  }
  const baseUrl = options.url.replace(/\/+$/, "");
  const interceptors = options.token === undefined ? [] : [bearer(options.token)];
  const tls = nodeTls(options.tls);
  const protocol = options.protocol ?? "connect";
  switch (protocol) {
    case "connect":
    case "grpc-web": {
      const Agent = new URL(baseUrl).protocol === "https:" ? HttpsAgent : HttpAgent;
      const agent = new Agent({ keepAlive: true, maxSockets: SOCKETS_MAX, ...tls });
      const http1 = { baseUrl, httpVersion: "1.1", nodeOptions: { agent }, interceptors } as const;
      const transport =
        protocol === "connect" ? createConnectTransport(http1) : createGrpcWebTransport(http1);
      return { transport, close: () => agent.destroy() };
    }
    case "connect-h2":
    case "grpc": {
      // The pings find a connection that died without a word, within half a minute.
      const pings = { pingIntervalMs: 20_000, pingTimeoutMs: 10_000 };
      const sessionManager = new Http2SessionManager(baseUrl, pings, {
        // In megabytes. Node refuses new calls while what it still has to send exceeds this, and its
        // default of 10 is less than a few large appends at once.
        maxSessionMemory: 1_024,
        ...tls,
      });
      const transport =
        protocol === "grpc"
          ? createGrpcTransport({ baseUrl, sessionManager, interceptors })
          : createConnectTransport({ baseUrl, httpVersion: "2", sessionManager, interceptors });
      return { transport, close: () => sessionManager.abort() };
    }
  }
}

/** As Node's own options take them. */
function nodeTls({ ca, cert, key }: TlsOptions = {}): { [name: string]: string | Buffer } {
  const given = Object.entries({ ca, cert, key }).filter(([, pem]) => pem !== undefined);
  return Object.fromEntries(
    given.map(([name, pem]) => [name, typeof pem === "string" ? pem : Buffer.from(pem ?? "")]),
  );
}

function bearer(token: Token): Interceptor {
  return (next) => async (request) => {
    request.header.set("authorization", `Bearer ${await tokenNow(token, request.signal)}`);
    return await next(request);
  };
}

/** Waits for the token no longer than the call may take: else it would hold up the calls after it. */
async function tokenNow(token: Token, signal: AbortSignal): Promise<string> {
  if (typeof token === "string") return token;
  const late = Promise.withResolvers<never>();
  const onAbort = (): void => late.reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([token(), late.promise]);
  } catch (reason) {
    if (signal.aborted) throw reason;
    const why = `no token: ${reason instanceof Error ? reason.message : String(reason)}`;
    throw new ConnectError(why, Code.Unauthenticated, undefined, undefined, reason);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
