import { Code, ConnectError, cors } from "@connectrpc/connect";
import type { NodeRequest, NodeResponse } from "./handler.ts";

/** How long a browser may keep the answer to a preflight, in seconds. */
const PREFLIGHT_SECONDS = 7_200;

const ALLOWED = {
  "access-control-allow-methods": cors.allowedMethods.join(", "),
  "access-control-allow-headers": [
    ...cors.allowedHeaders,
    ...["authorization", "traceparent", "tracestate"],
  ].join(", "),
  "access-control-max-age": String(PREFLIGHT_SECONDS),
} as const;

/** Which web pages may call (CORS). */
export class Origins {
  readonly #allowed: ReadonlySet<string>;

  /** @param allowed such as `https://console.example`, each as browsers send it; empty for none. */
  constructor(allowed: readonly string[]) {
    this.#allowed = new Set(allowed);
  }

  /**
   * Tells the browser what a page of an allowed origin may do, and answers its preflight.
   *
   * @returns true when the request is answered.
   */
  answer(request: NodeRequest, response: NodeResponse): boolean {
    const { origin } = request.headers;
    if (this.#allowed.size > 0) response.setHeader("vary", "origin");
    if (origin === undefined || !this.#allowed.has(origin)) return false;
    response.setHeader("access-control-allow-origin", origin);
    response.setHeader("access-control-expose-headers", cors.exposedHeaders.join(", "));
    const preflight = "access-control-request-method" in request.headers;
    if (request.method !== "OPTIONS" || !preflight) return false;
    response.writeHead(204, ALLOWED);
    response.end();
    return true;
  }

  /**
   * Why a page may not call. A browser sends a page's origin with every call that is not a plain
   * read; programs send none. So no page, be it by a name that it made to point here, can use a
   * service that trusts whoever reaches it.
   */
  refused({ headers }: NodeRequest): ConnectError | undefined {
    const { origin } = headers;
    return origin === undefined || this.#allowed.has(origin)
      ? undefined
      : new ConnectError(
          `web pages of ${JSON.stringify(origin)} may not call (see --cors-origins)`,
          Code.PermissionDenied,
        );
  }
}
