import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { connect, type Socket } from "node:net";
import {
  Code,
  ConnectError,
  createClient,
  type HandlerContext,
  type Transport,
} from "@connectrpc/connect";
import {
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
} from "@connectrpc/connect-node";
import { OutboxService } from "@outgraph/events";
import { signals } from "@outgraph/telemetry";
import { afterEach, expect, test, vi } from "vitest";
import { OpenBindRefused } from "./bind.ts";
import type { RpcSignals } from "./calls.ts";
import { HealthService } from "./health.ts";
import type { ReadyReport } from "./ready.ts";
import { type RpcServer, startRpcServer } from "./server.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 }); // a busy machine is slow, not wrong

type GetEntry = (id: string, context: HandlerContext) => Promise<{ reason: string }>;

const running: RpcServer[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop(0)));
});

interface Given {
  getEntry?: GetEntry;
  ready?: () => ReadyReport;
  silenceMsMax?: number;
  requestBytesMax?: number;
}

async function given(options: Given = {}) {
  const told = signals<RpcSignals>();
  const getEntry: GetEntry = options.getEntry ?? ((id) => Promise.resolve({ reason: `got ${id}` }));
  const server = await startRpcServer({
    host: "127.0.0.1",
    port: 0,
    routes: (router) =>
      router.service(OutboxService, {
        getEntry: (request, context) => getEntry(request.id, context),
        append: (request) => ({ receipt: { entryId: String(request.entry?.source.length) } }),
      }),
    ready: options.ready ?? (() => ({ ready: true })),
    metrics: { contentType: "text/plain", text: () => Promise.resolve("up 1\n") },
    signals: told,
    limits: { silenceMsMax: options.silenceMsMax ?? 10_000 },
    ...(options.requestBytesMax !== undefined && { requestBytesMax: options.requestBytesMax }),
  });
  running.push(server);
  return { server, told, baseUrl: server.url };
}

const TRANSPORTS: Record<string, (baseUrl: string) => Transport> = {
  "Connect over HTTP/1.1": (baseUrl) => createConnectTransport({ baseUrl, httpVersion: "1.1" }),
  "Connect over HTTP/2": (baseUrl) => createConnectTransport({ baseUrl, httpVersion: "2" }),
  "gRPC over HTTP/2": (baseUrl) => createGrpcTransport({ baseUrl }),
  "gRPC-web over HTTP/1.1": (baseUrl) => createGrpcWebTransport({ baseUrl, httpVersion: "1.1" }),
};
const PROTOCOLS = Object.keys(TRANSPORTS);
const over = (protocol: string, baseUrl: string) =>
  createClient(OutboxService, TRANSPORTS[protocol]!(baseUrl));

/** Sends bytes on a connection of its own and gives what came back until it was closed. */
async function raw(port: number, ...parts: string[]): Promise<string> {
  const socket: Socket = connect({ port, host: "127.0.0.1", noDelay: true });
  let answer = "";
  socket.on("data", (chunk) => {
    answer += chunk.toString("latin1");
  });
  socket.on("error", () => socket.destroy());
  for (const part of parts) await new Promise((resolve) => socket.write(part, resolve));
  await once(socket, "close");
  return answer;
}

test.each(PROTOCOLS)("one port answers %s", async (protocol) => {
  const { baseUrl, told } = await given();
  const done = told.next("rpc.done");

  const answer = await over(protocol, baseUrl).getEntry({ id: "x" });

  expect(answer.reason).toBe("got x");
  const { requestBytes, ...ended } = await done;
  expect(ended).toMatchObject({
    method: "outgraph.append.v1.OutboxService/GetEntry",
    protocol: protocol.split(" ")[0]!.toLowerCase(),
    code: "ok",
  });
  expect(requestBytes).toBeGreaterThan(2);
});

test("a connection that dribbles its first bytes is told apart as well", async () => {
  const { server } = await given();

  const http1 = await raw(
    server.port,
    "P",
    "R",
    "OPFIND / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
  );

  expect(http1).toMatch(/^HTTP\/1.1 404/);
});

test("a connection that says nothing, or not enough, is closed", async () => {
  const { server } = await given({ silenceMsMax: 50 });

  expect(await raw(server.port)).toBe("");
  expect(await raw(server.port, "PR")).toBe("");
  expect(await raw(server.port, "GET / HTTP/1.1\r\nho")).toMatch(/^HTTP\/1.1 408/);
});

test.each([
  ["a call without a host", "POST /outgraph.append.v1.OutboxService/GetEntry HTTP/1.0\r\n\r\n"],
  ["a call to no URL", "POST http://[/outgraph.append.v1.OutboxService/GetEntry HTTP/1.0\r\n\r\n"],
  ["noise", "\0\x01\x02\r\n\r\n"],
  ["a broken preface", "PRI * HTTP/3.0\r\n\r\nxx\r\n\r\n"],
])("%s harms nobody else", async (_, bytes) => {
  const { server, baseUrl } = await given();

  await raw(server.port, bytes);

  expect((await over(PROTOCOLS[0]!, baseUrl).getEntry({ id: "y" })).reason).toBe("got y");
});

test.each(PROTOCOLS)("a request above the limit is RESOURCE_EXHAUSTED: %s", async (protocol) => {
  const { baseUrl } = await given({ requestBytesMax: 1_000_000 });
  const client = over(protocol, baseUrl);

  for (let again = 0; again < 5; again++) {
    const big = client.append({ entry: { source: "x".repeat(5_000_000) } });
    await expect(big).rejects.toMatchObject({
      code: Code.ResourceExhausted,
      rawMessage: "the message is larger than 1000000 bytes",
    });
  }
  const fits = await client.append({ entry: { source: "x".repeat(900_000) } });
  expect(fits.receipt?.entryId).toBe("900000");
});

test("a field that the service does not know is refused in JSON, not ignored", async () => {
  const { baseUrl } = await given();

  const answer = await fetch(`${baseUrl}/outgraph.append.v1.OutboxService/GetEntry`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"id": "x", "idd": "y"}',
  });

  expect(await answer.json()).toMatchObject({ code: "invalid_argument" });
});

test.each([
  ["Connect", "application/proto"],
  ["gRPC", "application/grpc"],
  ["gRPC-web", "application/grpc-web+proto"],
])("bytes that are no message are INVALID_ARGUMENT, and counted: %s", async (_, type) => {
  const { baseUrl, told } = await given();
  const done = told.next("rpc.done");
  const bytes = Buffer.from([0xff, 0xff, 0xff]);
  const body =
    type === "application/proto" ? bytes : Buffer.concat([Buffer.from([0, 0, 0, 0, 3]), bytes]);

  const session = connectHttp2(baseUrl);
  const stream = session.request({
    ":method": "POST",
    ":path": `/${OutboxService.typeName}/GetEntry`,
    "content-type": type,
    te: "trailers",
  });
  let said = "";
  for (const event of ["response", "trailers"]) {
    stream.on(event, (headers: object) => {
      said += JSON.stringify(headers);
    });
  }
  stream.on("data", (chunk: Buffer) => {
    said += chunk.toString("latin1");
  });
  stream.end(body);
  await once(stream, "close");
  session.close();

  expect(said).toMatch(/"code":"invalid_argument"|"grpc-status":"3"|grpc-status: 3/);
  expect(said).toMatch(/the message cannot be read|the%20message%20cannot%20be%20read/);
  expect(await done).toMatchObject({ code: "invalid_argument" });
});

test("what broke inside is told to the signals and not to the caller", async () => {
  const { baseUrl, told } = await given({
    getEntry: () => Promise.reject(new Error("mongodb://app:secret@db refused")),
  });
  const broken = told.next("rpc.broken");

  const call = over(PROTOCOLS[0]!, baseUrl).getEntry({ id: "x" });

  const error = await call.catch((reason: unknown) => ConnectError.from(reason));
  expect(error).toMatchObject({ code: Code.Internal });
  expect((error as ConnectError).message).not.toContain("secret");
  expect(await broken).toMatchObject({ err: { message: "mongodb://app:secret@db refused" } });
});

test("probes answer over HTTP/1.1", async () => {
  let ready: ReadyReport = { ready: true };
  const { baseUrl } = await given({ ready: () => ready });
  const get = async (path: string) => {
    const response = await fetch(baseUrl + path);
    return [response.status, await response.text()];
  };

  expect(await get("/healthz")).toEqual([200, '{"healthy":true}\n']);
  expect(await get("/readyz")).toEqual([200, '{"ready":true}\n']);
  expect(await get("/metrics")).toEqual([200, "up 1\n"]);
  expect((await get("/"))[0]).toBe(404);

  ready = { ready: false, reason: "MongoDB is away" };
  expect(await get("/readyz")).toEqual([503, '{"ready":false,"reason":"MongoDB is away"}\n']);
  expect(await get("/healthz")).toEqual([200, '{"healthy":true}\n']);
});

test("the gRPC health protocol says what readyz says", async () => {
  let ready: ReadyReport = { ready: false, reason: "starting" };
  const { baseUrl, server } = await given({ ready: () => ready });
  const health = createClient(HealthService, createGrpcTransport({ baseUrl })) as unknown as {
    check(request: { service: string }): Promise<{ status: number }>;
    watch(request: { service: string }): AsyncIterable<{ status: number }>;
  };
  const watch = health.watch({ service: "" })[Symbol.asyncIterator]();

  expect((await health.check({ service: "" })).status).toBe(2);
  expect((await watch.next()).value).toMatchObject({ status: 2 });
  ready = { ready: true };
  expect((await health.check({ service: OutboxService.typeName })).status).toBe(1);
  expect((await watch.next()).value).toMatchObject({ status: 1 });
  await expect(health.check({ service: "x.Y" })).rejects.toMatchObject({ code: Code.NotFound });

  const stopped = server.stop(60_000); // does not wait for who only watches
  expect((await watch.next()).value).toMatchObject({ status: 2 });
  expect(await watch.next()).toMatchObject({ done: true });
  expect(await stopped).toBe(0);
});

test("an address that others can reach is refused without access control", async () => {
  for (const host of ["0.0.0.0", "::", "", "192.0.2.1"]) {
    const start = startRpcServer({
      host,
      port: 0,
      routes: () => undefined,
      ready: () => ({ ready: true }),
      metrics: { contentType: "", text: () => Promise.resolve("") },
      signals: signals<RpcSignals>(),
    });
    await expect(start).rejects.toBeInstanceOf(OpenBindRefused);
  }
});

test.each(PROTOCOLS)("stop lets calls under way finish and takes no more: %s", async (protocol) => {
  const entered = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<{ reason: string }>();
  const calls: string[] = [];
  const { server, baseUrl } = await given({
    getEntry: (id) => {
      calls.push(id);
      entered.resolve();
      return answer.promise;
    },
  });
  const client = over(protocol, baseUrl);
  const call = client.getEntry({ id: "x" });
  await entered.promise;

  const stopped = server.stop(60_000);
  const late = await client.getEntry({ id: "y" }).catch((reason: unknown) => String(reason));
  answer.resolve({ reason: "done" });

  expect((await call).reason).toBe("done");
  expect(await stopped).toBe(0);
  // Node's HTTP/2 client refuses a stream itself when it learns of the end before it has sent it.
  expect(late).toMatch(/unavailable|REFUSED_STREAM/);
  expect(calls).toEqual(["x"]);
});

test.each(PROTOCOLS)(
  "stop ends what outlasts the grace time with UNAVAILABLE: %s",
  async (protocol) => {
    const entered = Promise.withResolvers<void>();
    const { server, baseUrl } = await given({
      getEntry: (_, context) => {
        entered.resolve();
        return new Promise((_resolve, reject) => {
          context.signal.addEventListener("abort", () => reject(context.signal.reason));
        });
      },
    });
    const call = over(protocol, baseUrl).getEntry({ id: "x" });
    call.catch(() => undefined);
    await entered.promise;

    expect(await server.stop(10)).toBe(1);

    await expect(call).rejects.toMatchObject({ code: Code.Unavailable });
  },
);

test.each(PROTOCOLS)("a caller that goes away ends its call: %s", async (protocol) => {
  const entered = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const { baseUrl } = await given({
    getEntry: (_, context) => {
      context.signal.addEventListener("abort", () => ended.resolve());
      entered.resolve();
      return new Promise(() => undefined);
    },
  });
  const control = new AbortController();
  const call = over(protocol, baseUrl).getEntry({ id: "x" }, { signal: control.signal });
  call.catch(() => undefined);
  await entered.promise;

  control.abort();

  await ended.promise;
  await expect(call).rejects.toMatchObject({ code: Code.Canceled });
});
