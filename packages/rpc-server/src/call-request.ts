import { Code, ConnectError, type ContextValues } from "@connectrpc/connect";
import type { UniversalServerRequest } from "@connectrpc/connect/protocol";
import type { NodeRequest, NodeResponse } from "./handler.ts";

/** What goes with a request. */
export interface CallParts {
  readonly body: AsyncIterable<Uint8Array>;
  readonly contextValues: ContextValues;
  /** How long the call may take, in milliseconds; for ever, when left out. */
  readonly msMax?: number;
}

/**
 * A request as Connect's handlers take it. Its signal is aborted when the caller has gone before the
 * answer was complete, or the time is up.
 *
 * Used in place of connect-node's `universalRequestFromNodeRequest`, which also reads the body, parses
 * the URL and aborts a signal, with an error made for it, in every call that went well.
 *
 * @throws ConnectError when it does not say which host it is for.
 */
export function callRequest(
  request: NodeRequest,
  response: NodeResponse,
  { body, contextValues, msMax }: CallParts,
): UniversalServerRequest {
  const authority = "authority" in request ? request.authority : request.headers.host;
  if (authority === undefined) throw new ConnectError("no host is named", Code.Internal);
  const scheme = "encrypted" in request.socket ? "https" : "http";
  return {
    httpVersion: request.httpVersion,
    method: request.method ?? "",
    url: `${scheme}://${authority}${request.url}`,
    header: headerOf(request),
    body,
    signal: endOf(request, response, msMax),
    contextValues,
  };
}

function headerOf({ headers }: NodeRequest): Headers {
  const header = new Headers();
  for (const name of Object.keys(headers)) {
    if (name.startsWith(":")) continue; // HTTP/2 has method and path among them
    const value = headers[name];
    if (typeof value === "string") header.append(name, value);
    else for (const each of value ?? []) header.append(name, each);
  }
  return header;
}

function endOf(
  request: NodeRequest,
  response: NodeResponse,
  msMax: number | undefined,
): AbortSignal {
  const control = new AbortController();
  const gone = (): void => control.abort(new ConnectError("the caller has gone", Code.Canceled));
  const timer =
    msMax === undefined
      ? undefined
      : setTimeout(() => {
          const message = `no call may take longer than ${msMax} ms here`;
          control.abort(new ConnectError(message, Code.DeadlineExceeded));
        }, msMax);
  request.once("error", gone);
  response.once("close", () => {
    clearTimeout(timer);
    if (!response.writableEnded) gone();
  });
  return control.signal;
}
