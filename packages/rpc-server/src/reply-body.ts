import { constants } from "node:http2";
import type { NodeResponse } from "./handler.ts";
import type { RequestBody } from "./request-body.ts";

/**
 * The body of a reply. It ends when the request has (see {@link RequestBody.skipRest}), and ends the
 * call when its caller does not take a piece of it within `takeMs`: the rest is not made then, and
 * who makes it is told, as after every end of the connection.
 */
export async function* replyBody(
  reply: AsyncIterable<Uint8Array> | undefined,
  request: RequestBody,
  response: NodeResponse,
  takeMs: number,
): AsyncGenerator<Uint8Array> {
  const pieces = reply?.[Symbol.asyncIterator]();
  let timer: NodeJS.Timeout | undefined;
  const watch = (): void => {
    timer = setTimeout(() => response.destroy(), takeMs);
  };
  // Who waits for a connection to take more does not hear that it has closed, so it is told here.
  response.once("close", () => {
    clearTimeout(timer);
    pieces?.return?.().catch(() => undefined);
  });
  while (pieces !== undefined) {
    const { done, value } = await pieces.next();
    if (done === true) break;
    watch();
    yield value;
    clearTimeout(timer);
  }
  await request.skipRest();
  if (request.unwanted) closeOnceSent(response);
  watch(); // until it is sent and the response closes
}

/** Closes the HTTP/2 stream, or the HTTP/1.1 connection, as soon as the reply is sent. */
function closeOnceSent(response: NodeResponse): void {
  if ("stream" in response) {
    const { stream } = response;
    // Not at "finish", which comes before the trailers, and a call's status, are sent.
    stream.once("wantTrailers", () =>
      setImmediate(() => {
        if (!stream.readableEnded && !stream.closed) stream.close(constants.NGHTTP2_NO_ERROR);
      }),
    );
  } else {
    const { socket } = response;
    response.once("finish", () => socket?.destroySoon());
  }
}
