import { createServer as createHttp1, type Server as HttpServer } from "node:http";
import { createServer as createHttp2, type Http2Server, type ServerHttp2Session } from "node:http2";
import type { NodeRequest, NodeResponse } from "./handler.ts";
import type { Limits } from "./limits.ts";

type OnRequest = (request: NodeRequest, response: NodeResponse) => void;

/** An HTTP/1.1 server that does not listen itself: connections are handed to it. */
export function http1Server(onRequest: OnRequest, limits: Limits): HttpServer {
  const server = createHttp1(
    {
      headersTimeout: limits.silenceMsMax,
      // A call is answered when its own time is up; this closes what goes on sending after that.
      requestTimeout: limits.requestMsMax + limits.silenceMsMax,
      connectionsCheckingInterval: Math.min(limits.silenceMsMax, limits.requestMsMax),
    },
    onRequest as Parameters<typeof createHttp1>[1],
  );
  server.emit("listening"); // starts what it does on listening: watching for slow requests
  return server;
}

/** An HTTP/2 server that does not listen itself: connections are handed to it. */
export function http2Server(onRequest: OnRequest, limits: Limits): Http2Server {
  return createHttp2(
    { maxSessionMemory: 256, settings: { maxConcurrentStreams: limits.callsMax } },
    onRequest as Parameters<typeof createHttp2>[1],
  );
}

/** The open sessions of a server; those without a call for `idleMs` are closed. */
export function trackSessions(
  server: Http2Server,
  idleMs: number,
): ReadonlySet<ServerHttp2Session> {
  const sessions = new Set<ServerHttp2Session>();
  server.on("session", (session) => {
    sessions.add(session);
    let streams = 0;
    session.on("stream", (stream) => {
      streams += 1;
      stream.once("close", () => {
        streams -= 1;
      });
    });
    session.setTimeout(idleMs, () => {
      if (streams === 0) session.close();
    });
    session.once("close", () => sessions.delete(session));
  });
  return sessions;
}

/** Closes connections without a call, and says `connection: close` on those with one. */
export function closeIdle(http1: HttpServer): void {
  http1.keepAliveTimeout = 1;
  http1.closeIdleConnections();
  http1.close(); // ends the watching for slow requests
}
