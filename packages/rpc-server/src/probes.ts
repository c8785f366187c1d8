import type { RequestListener } from "node:http";
import { Code, ConnectError } from "@connectrpc/connect";
import type { Access } from "./access/access.ts";
import { certificateNames } from "./certificate-names.ts";
import { askReady, type ReadyReport } from "./ready.ts";

/** What the probes answer with. */
export interface Probes {
  readonly ready: () => ReadyReport | Promise<ReadyReport>;
  readonly metrics: { readonly contentType: string; text(): Promise<string> };
}

/**
 * Answers `/healthz` (200 while the process runs), `/readyz` (200 or 503, with the reason as JSON),
 * `/metrics` (Prometheus text); and 404 for the rest.
 *
 * @param access asked who calls before `/metrics` is answered: 401 or 403 when it does not know.
 */
export function probes({ ready, metrics }: Probes, access: Access | undefined): RequestListener {
  return (request, response) => {
    const reply = (status: number, type: string, body: string): void => {
      response.writeHead(status, { "content-type": type, "cache-control": "no-store" });
      response.end(request.method === "HEAD" ? undefined : body);
    };
    const answer = async (): Promise<void> => {
      if (request.method !== "GET" && request.method !== "HEAD")
        return reply(404, "text/plain", "");
      switch (request.url?.split("?", 1)[0]) {
        case "/healthz":
          return reply(200, "application/json", '{"healthy":true}\n');
        case "/readyz": {
          const report = await askReady(ready);
          return reply(report.ready ? 200 : 503, "application/json", `${JSON.stringify(report)}\n`);
        }
        case "/metrics": {
          const { authorization } = request.headers;
          await access?.identify({
            header: new Headers(authorization === undefined ? {} : { authorization }),
            certificateNames: certificateNames(request.socket),
          });
          return reply(200, metrics.contentType, await metrics.text());
        }
        default:
          return reply(404, "text/plain", "no such path\n");
      }
    };
    answer().catch((error: unknown) => {
      const status = error instanceof ConnectError ? STATUS_OF[error.code] : undefined;
      reply(status ?? 500, "text/plain", `${String(error)}\n`);
    });
  };
}

const STATUS_OF: Readonly<Partial<Record<Code, number>>> = {
  [Code.Unauthenticated]: 401,
  [Code.PermissionDenied]: 403,
  [Code.Unavailable]: 503,
};
