import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { Transport } from "@connectrpc/connect";
import {
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
  Http2SessionManager,
} from "@connectrpc/connect-node";

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
export function connectionsTo(url: string, protocol: Protocol): Connections {
  const baseUrl = url.replace(/\/+$/, "");
  switch (protocol) {
    case "connect":
    case "grpc-web": {
      const Agent = new URL(baseUrl).protocol === "https:" ? HttpsAgent : HttpAgent;
      const agent = new Agent({ keepAlive: true, maxSockets: SOCKETS_MAX });
      const options = { baseUrl, httpVersion: "1.1", nodeOptions: { agent } } as const;
      const transport =
        protocol === "connect" ? createConnectTransport(options) : createGrpcWebTransport(options);
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
      });
      const transport =
        protocol === "grpc"
          ? createGrpcTransport({ baseUrl, sessionManager })
          : createConnectTransport({ baseUrl, httpVersion: "2", sessionManager });
      return { transport, close: () => sessionManager.abort() };
    }
  }
}
