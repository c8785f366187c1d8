import { OutboxService } from "@outgraph/events";
import { signals } from "@outgraph/telemetry";
import { afterEach, expect, test, vi } from "vitest";
import type { RpcSignals } from "./calls.ts";
import { type RpcServer, startRpcServer } from "./server.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 }); // a busy machine is slow, not wrong

let server: RpcServer;
afterEach(() => server.stop(0));

async function given(corsOrigins?: string[]): Promise<void> {
  server = await startRpcServer({
    host: "127.0.0.1",
    port: 0,
    routes: (router) => router.service(OutboxService, { getEntry: () => ({ reason: "got it" }) }),
    ready: () => ({ ready: true }),
    metrics: { contentType: "", text: () => Promise.resolve("") },
    signals: signals<RpcSignals>(),
    ...(corsOrigins && { corsOrigins }),
  });
}

const PATH = `/${OutboxService.typeName}/GetEntry`;
const call = (headers: Record<string, string>) =>
  fetch(server.url + PATH, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: "{}",
  });
const preflight = (origin: string) =>
  fetch(server.url + PATH, {
    method: "OPTIONS",
    headers: {
      origin,
      "access-control-request-method": "POST",
      "access-control-request-headers": "content-type,authorization",
    },
  });
const allowed = (answer: Response): string | null =>
  answer.headers.get("access-control-allow-origin");

test("by default no web page may call, whatever the browser thinks", async () => {
  await given();

  const asked = await preflight("https://console.test");
  expect([asked.ok, allowed(asked)]).toEqual([false, null]);
  for (const origin of ["https://console.test", server.url, "null"]) {
    const answer = await call({ origin });
    expect(await answer.json()).toMatchObject({ code: "permission_denied" });
    expect(allowed(answer)).toBeNull();
  }
  expect((await call({})).status).toBe(200);
});

test("pages of an allowed origin may call, with a token, and see why a call failed; others may not", async () => {
  await given(["https://console.test", "http://localhost:3000"]);

  const asked = await preflight("https://console.test");
  expect([asked.status, allowed(asked)]).toEqual([204, "https://console.test"]);
  const headers = asked.headers.get("access-control-allow-headers")?.toLowerCase();
  for (const header of [
    "content-type",
    "authorization",
    "connect-protocol-version",
    "x-grpc-web",
  ]) {
    expect(headers).toContain(header);
  }
  const answer = await call({ origin: "https://console.test" });
  expect(await answer.json()).toEqual({ reason: "got it" });
  expect(allowed(answer)).toBe("https://console.test");
  expect(answer.headers.get("access-control-expose-headers")?.toLowerCase()).toContain(
    "grpc-status",
  );
  expect(answer.headers.get("vary")).toBe("origin");

  const other = await call({ origin: "https://console.test.evil" });
  expect(await other.json()).toMatchObject({ code: "permission_denied" });
  expect(allowed(other)).toBeNull();
  expect(allowed(await preflight("https://evil.test"))).toBeNull();
});
