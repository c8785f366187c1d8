import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { Code, ConnectError, type ConnectRouter } from "@connectrpc/connect";
import type { UniversalHandler } from "@connectrpc/connect/protocol";
import {
  type connectNodeAdapter,
  universalRequestFromNodeRequest,
  universalResponseToNodeResponse,
} from "@connectrpc/connect-node";
import { RequestBody } from "./request-body.ts";

type Handle = ReturnType<typeof connectNodeAdapter>;
/** A request and a response of Node's http, https or http2. */
export type NodeRequest = Parameters<Handle>[0];
export type NodeResponse = Parameters<Handle>[1];

/**
 * Answers the calls of `router` by their path, and gives everything else to `fallback`.
 *
 * Used in place of connect-node's adapter, which throws out of the request event on a malformed URL
 * or an HTTP/1.0 request without a host, ending the process, and writes to the console.
 */
export function callHandler(
  router: ConnectRouter,
  fallback: RequestListener,
  failed: (handler: UniversalHandler, reason: unknown) => void,
): Handle {
  const paths = new Map(router.handlers.map((handler) => [handler.requestPath, handler]));
  return (request, response) => {
    const handler = paths.get(request.url?.split("?", 1)[0] ?? "");
    if (handler === undefined) {
      return fallback(request as IncomingMessage, response as ServerResponse);
    }
    const answer = async (): Promise<void> => {
      const call = universalRequestFromNodeRequest(request, response, undefined, undefined);
      const body = new RequestBody(request);
      const reply = await handler({ ...call, body });
      await universalResponseToNodeResponse(
        { ...reply, body: withRest(reply.body, body) },
        response,
      );
    };
    answer().catch((reason: unknown) => {
      const gone = ConnectError.from(reason).code === Code.Aborted; // the caller hung up
      if (!gone) failed(handler, reason);
      if (!response.headersSent) response.writeHead(gone ? 499 : 400);
      response.end();
    });
  };
}

/** The body of a reply, which ends when the request has: see {@link RequestBody.skipRest}. */
async function* withRest(
  reply: AsyncIterable<Uint8Array> | undefined,
  request: RequestBody,
): AsyncGenerator<Uint8Array> {
  if (reply !== undefined) yield* reply;
  await request.skipRest();
}
