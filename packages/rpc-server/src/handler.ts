import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { Code, ConnectError, type ConnectRouter, createContextValues } from "@connectrpc/connect";
import type { UniversalHandler } from "@connectrpc/connect/protocol";
import { type connectNodeAdapter, universalResponseToNodeResponse } from "@connectrpc/connect-node";
import type { Signals } from "@outgraph/telemetry";
import { CERTIFICATE_NAMES } from "./access/access.ts";
import { CALL, Call, REFUSED } from "./call.ts";
import { callRequest } from "./call-request.ts";
import { codeName, protocolName, type RpcSignals, reworded, tellDone } from "./calls.ts";
import { certificateNames } from "./certificate-names.ts";
import { type HeldByCall, HeldBytes } from "./held-bytes.ts";
import type { Limits } from "./limits.ts";
import { replyBody } from "./reply-body.ts";
import { RequestBody } from "./request-body.ts";
import { retryLater } from "./retry-later.ts";

type Handle = ReturnType<typeof connectNodeAdapter>;
/** A request and a response of Node's http, https or http2. */
export type NodeRequest = Parameters<Handle>[0];
export type NodeResponse = Parameters<Handle>[1];

export interface HandlerOptions {
  readonly router: ConnectRouter;
  /** Answers what is no call. */
  readonly fallback: RequestListener;
  readonly limits: Limits;
  readonly signals: Signals<RpcSignals>;
  /** Why a call is refused whoever makes it; undefined when it is not. */
  readonly refused: (request: NodeRequest) => ConnectError | undefined;
}

/**
 * Answers the calls of `router` by their path, within the limits, and gives everything else to
 * `fallback`.
 *
 * Used in place of connect-node's adapter, which throws out of the request event on a malformed URL
 * or an HTTP/1.0 request without a host, ending the process, and writes to the console.
 */
export function callHandler(options: HandlerOptions): Handle {
  const { router, limits, signals } = options;
  const paths = new Map(router.handlers.map((handler) => [handler.requestPath, handler]));
  const requests = new HeldBytes(limits.requestsBytesMax);
  let calls = 0;

  const answer = async (
    handler: UniversalHandler,
    request: NodeRequest,
    response: NodeResponse,
  ): Promise<void> => {
    const { methodKind } = handler.method;
    const held = requests.open();
    let admitted = 0;
    const admit = (): void => {
      if (calls >= limits.callsMax) {
        throw retryLater(`${limits.callsMax} calls are under way already`);
      }
      admitted = 1;
      calls += 1;
    };
    response.once("close", () => {
      calls -= admitted;
      held.release();
    });
    const values = createContextValues().set(
      CERTIFICATE_NAMES,
      certificateNames(request.socket as Socket | undefined),
    );
    const call = new Call(nameOf(handler), protocolName(request.headers["content-type"]), admit);
    values.set(CALL, call);
    values.set(REFUSED, options.refused(request));
    const oneMessage = methodKind === "unary" || methodKind === "server_streaming";
    const body = new RequestBody(
      request,
      oneMessage ? { msMax: limits.requestMsMax, held: counted(held, call) } : undefined,
    );
    const received = callRequest(request, response, {
      body,
      contextValues: values,
      ...(methodKind === "unary" && { msMax: limits.callMsMax }),
    });
    let reply = await handler(received);
    const refusal = call.refusal;
    if (refusal !== undefined) {
      const instead = reworded(refusal);
      if (instead !== undefined) {
        values.set(REFUSED, instead);
        reply = await handler(received);
      }
      tellDone(signals, call, codeName((instead ?? refusal).code));
    }
    await universalResponseToNodeResponse(
      { ...reply, body: replyBody(reply.body, body, response, limits.takeMsMax) },
      response,
    );
  };
  return (request, response) => {
    const handler = paths.get(request.url?.split("?", 1)[0] ?? "");
    if (handler === undefined) {
      return options.fallback(request as IncomingMessage, response as ServerResponse);
    }
    answer(handler, request, response).catch((err: unknown) => {
      const gone = ConnectError.from(err).code === Code.Aborted; // the caller hung up
      if (!gone) signals.emit("rpc.broken", { method: nameOf(handler), err });
      if (!response.headersSent) response.writeHead(gone ? 499 : 400);
      response.end();
    });
  };
}

function nameOf({ service, method }: UniversalHandler): string {
  return `${service.typeName}/${method.name}`;
}

/** What a call holds, and counts as its own. */
function counted(held: HeldByCall, call: Call): HeldByCall {
  return {
    add(bytes) {
      call.requestBytes += bytes;
      held.add(bytes);
    },
    release: () => held.release(),
  };
}
