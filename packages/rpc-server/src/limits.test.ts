import { once } from "node:events";
import { rmSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { type ClientHttp2Session, connect as connectHttp2, constants } from "node:http2";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { Code, ConnectError, createClient, type HandlerContext } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport } from "@connectrpc/connect-node";
import { type AppendRequest, OutboxService, RelayService, RetryInfoSchema } from "@outgraph/events";
import { signals } from "@outgraph/telemetry";
import { afterEach, describe, expect, test, vi } from "vitest";
import { hashedKey, newKey } from "./access/keys.ts";
import type { RpcSignals } from "./calls.ts";
import type { Limits } from "./limits.ts";
import { type RpcServer, type RpcServerOptions, startRpcServer } from "./server.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 }); // a busy machine is slow, not wrong

let server: RpcServer | undefined;
const ends: (() => void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) end();
  await server?.stop(0);
  server = undefined;
});

interface Handlers {
  getEntry?: (context: HandlerContext) => Promise<object>;
  append?: (request: AppendRequest) => void;
  watch?: (context: HandlerContext) => AsyncIterable<object>;
}

async function given(
  limits: Partial<Limits>,
  handlers: Handlers = {},
  more: Partial<RpcServerOptions> = {},
) {
  const told = signals<RpcSignals>();
  server = await startRpcServer({
    host: "127.0.0.1",
    port: 0,
    routes: (router) => {
      router.service(OutboxService, {
        getEntry: (_, context) => handlers.getEntry?.(context) ?? {},
        append: (request) => {
          handlers.append?.(request);
          return {};
        },
      });
      router.service(RelayService, {
        watchStatus: (_, context) => handlers.watch?.(context) ?? (async function* () {})(),
      });
    },
    ready: () => ({ ready: true }),
    metrics: { contentType: "text/plain", text: () => Promise.resolve("up 1\n") },
    signals: told,
    limits,
    ...more,
  });
  return { told, url: server.url, port: server.port };
}

const KEY = newKey();
async function accessFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "limits-"));
  ends.push(() => rmSync(folder, { recursive: true }));
  const principals = { someone: { keys: [hashedKey(KEY)] } };
  await writeFile(join(folder, "access.json"), JSON.stringify({ principals }));
  return join(folder, "access.json");
}

const APPEND = `/${OutboxService.typeName}/Append`;

/** A connection of its own; `said` is what came back so far, `closed` resolves when it is closed. */
function raw(port: number) {
  const socket: Socket = connect({ port, host: "127.0.0.1", noDelay: true });
  ends.push(() => socket.destroy());
  socket.on("error", () => socket.destroy());
  let said = "";
  socket.on("data", (chunk) => {
    said += chunk.toString("latin1");
  });
  return {
    socket,
    said: () => said,
    until: async (pattern: RegExp) => {
      while (!pattern.test(said)) await once(socket, "data");
      return said;
    },
    closed: once(socket, "close"),
  };
}

const post = (path: string, length: number | "chunked", type = "application/proto"): string =>
  `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: ${type}\r\n` +
  `${length === "chunked" ? "transfer-encoding: chunked" : `content-length: ${length}`}\r\n\r\n`;

describe("requests that are too large", () => {
  const SIZE = 20 * 1024 * 1024;

  test("one that says so is refused before any of it is sent", async () => {
    const { port } = await given({});
    const { socket, until } = raw(port);

    socket.write(post(APPEND, SIZE));

    expect(await until(/resource_exhausted/)).toMatch(/^HTTP\/1.1 429/);
  });

  test("one that does not is refused when it has sent too much, and little of it is kept", async () => {
    const { port, told } = await given({}, {}, { requestBytesMax: 1024 * 1024 });
    const { socket, until } = raw(port);
    const done = told.next("rpc.done");

    socket.write(post(APPEND, "chunked"));
    const piece = Buffer.concat([
      Buffer.from("10000\r\n"),
      Buffer.alloc(0x10000),
      Buffer.from("\r\n"),
    ]);
    for (let sent = 0; sent < SIZE; sent += 0x10000) {
      await new Promise((resolve) => socket.write(piece, resolve)); // it is read, and thrown away
    }

    await until(/resource_exhausted/);
    expect(await done).toMatchObject({ code: "resource_exhausted" });
  });

  test("a gRPC message that says so is refused without any of it", async () => {
    const { url } = await given({});
    const stream = session(url).request({
      ":method": "POST",
      ":path": APPEND,
      "content-type": "application/grpc",
      te: "trailers",
    });
    const prefix = Buffer.alloc(5);
    prefix.writeUInt32BE(SIZE, 1);
    stream.end(prefix);

    const [trailers] = await once(stream.resume(), "trailers");
    expect(trailers["grpc-status"]).toBe(String(Code.ResourceExhausted));
  });

  test("one that grows when it is unpacked is refused without being unpacked whole", async () => {
    const { url } = await given({});

    const answer = await fetch(url + APPEND, {
      method: "POST",
      headers: { "content-type": "application/proto", "content-encoding": "gzip" },
      body: gzipSync(Buffer.alloc(SIZE)),
    });

    expect(await answer.json()).toMatchObject({ code: "resource_exhausted" });
  });

  test("requests hold no more memory together than they may", async () => {
    const { port, url } = await given({ requestsBytesMax: 1_000_000 });
    const [first, second] = [raw(port), raw(port)];
    const half = Buffer.alloc(600_000);

    first.socket.write(post(APPEND, 700_000));
    await new Promise((resolve) => first.socket.write(half, resolve));
    second.socket.write(post(APPEND, 700_000));
    second.socket.write(half);
    const [refused] = await Promise.race([
      second.until(/resource_exhausted/).then((said) => [said]),
      first.until(/resource_exhausted/).then((said) => [said]),
    ]);

    expect(refused).toContain("google.rpc.RetryInfo");
    first.socket.destroy();
    second.socket.destroy();
    await Promise.all([first.closed, second.closed]);
    const client = createClient(OutboxService, createGrpcTransport({ baseUrl: url }));
    const fits = { entry: { source: "x".repeat(900_000) } };
    await eventually(() => client.append(fits)); // what they held is given back
  });
});

/** Repeats a call that is refused for now, until it is not. */
async function eventually<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (ConnectError.from(error).code !== Code.ResourceExhausted) throw error;
    }
  }
}

function session(url: string): ClientHttp2Session {
  const made = connectHttp2(url);
  made.on("error", () => undefined);
  ends.push(() => made.destroy());
  return made;
}

describe("slow and dead clients", () => {
  test("headers that do not come are not waited for", async () => {
    const { port } = await given({ silenceMsMax: 50 });
    const { socket, said, closed } = raw(port);

    socket.write(`POST ${APPEND} HTTP/1.1\r\nhost:`);

    await closed;
    expect(said()).toMatch(/^HTTP\/1.1 408/);
  });

  test("a body that does not come is not waited for, and its connection is closed: HTTP/1.1", async () => {
    const { port, told } = await given({ requestMsMax: 50 });
    const { socket, said, closed } = raw(port);
    const done = told.next("rpc.done");

    socket.write(post(APPEND, 1_000));
    socket.write("a few bytes");

    await closed;
    expect(said()).toMatch(/^HTTP\/1.1 504/);
    expect(said()).toContain("the request did not arrive within 50 ms; nothing was done");
    expect(await done).toMatchObject({ code: "deadline_exceeded" });
  });

  test("a body that does not come is not waited for, and its stream is closed: HTTP/2", async () => {
    const { url } = await given({ requestMsMax: 50 });
    const stream = session(url).request({
      ":method": "POST",
      ":path": APPEND,
      "content-type": "application/grpc",
    });
    stream.write(Buffer.from([0, 0, 0, 1, 0, 1]));

    const [trailers] = await once(stream.resume(), "trailers");
    expect(trailers["grpc-status"]).toBe(String(Code.DeadlineExceeded));
    if (!stream.closed) await once(stream, "close");
    expect(stream.rstCode).toBe(constants.NGHTTP2_NO_ERROR);
  });

  const stubborn = (finished: PromiseWithResolvers<void>): Handlers => ({
    async *watch() {
      try {
        const holder = "x".repeat(1024 * 1024);
        for (;;) yield { status: { holder } };
      } finally {
        finished.resolve();
      }
    },
  });

  test("a stream that nobody reads ends, and its maker is told: HTTP/1.1", async () => {
    const finished = Promise.withResolvers<void>();
    const { port, told } = await given({ takeMsMax: 50 }, stubborn(finished));
    const done = told.next("rpc.done");
    const { socket, closed } = raw(port);
    socket.pause();

    const path = `/${RelayService.typeName}/WatchStatus`;
    socket.write(post(path, 5, "application/connect+proto"));
    socket.write(Buffer.alloc(5));

    await finished.promise;
    expect(await done).toMatchObject({ code: "canceled" });
    socket.resume();
    await closed;
  });

  test("a stream that nobody reads ends, and its maker is told: HTTP/2", async () => {
    const finished = Promise.withResolvers<void>();
    const { url } = await given({ takeMsMax: 50 }, stubborn(finished));
    const stream = session(url).request({
      ":method": "POST",
      ":path": `/${RelayService.typeName}/WatchStatus`,
      "content-type": "application/grpc",
    });
    stream.on("error", () => undefined);
    stream.end(Buffer.alloc(5));

    await finished.promise;
  });

  test("a large answer that nobody reads is let go", async () => {
    const { port, told } = await given(
      { takeMsMax: 50 },
      { getEntry: () => Promise.resolve({ reason: "x".repeat(64 * 1024 * 1024) }) },
    );
    const { socket, closed } = raw(port);
    const done = told.next("rpc.done");
    socket.pause();

    socket.write(post(`/${OutboxService.typeName}/GetEntry`, 0));

    expect(await done).toMatchObject({ code: "ok" }); // it was made, and not taken
    socket.resume();
    await closed;
  });

  test("an HTTP/2 connection without calls is closed after a while, one with a call is not", async () => {
    const answer = Promise.withResolvers<object>();
    const { url } = await given({ idleMsMax: 50 }, { getEntry: () => answer.promise });
    const [idle, busy] = [
      session(url),
      createClient(OutboxService, createGrpcTransport({ baseUrl: url })),
    ];
    const call = busy.getEntry({ id: "x" });

    await once(idle, "close");

    answer.resolve({ reason: "done" });
    expect((await call).reason).toBe("done");
  });
});

describe("how much at a time", () => {
  test("calls beyond the most are refused with a delay, and taken again when others end", async () => {
    const answer = Promise.withResolvers<object>();
    const entered: (() => void)[] = [];
    const { url } = await given(
      { callsMax: 2 },
      {
        getEntry: () => {
          entered.shift()?.();
          return answer.promise;
        },
      },
    );
    const client = createClient(
      OutboxService,
      createConnectTransport({ baseUrl: url, httpVersion: "1.1" }),
    );
    const both = Promise.all(
      [1, 2].map(() => new Promise<void>((resolve) => entered.push(resolve))),
    );
    const calls = [client.getEntry({ id: "1" }), client.getEntry({ id: "2" })];
    await both;

    const refused = await client
      .getEntry({ id: "3" })
      .catch((error: unknown) => ConnectError.from(error));
    expect(refused).toMatchObject({ code: Code.ResourceExhausted });
    expect((refused as ConnectError).findDetails(RetryInfoSchema)).toHaveLength(1);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);

    answer.resolve({});
    await Promise.all(calls);
    await eventually(() => client.getEntry({ id: "4" }));
  });

  test("who may not call takes nobody's place, nor does who watches the health", async () => {
    const access = { file: await accessFile(), certificates: false };
    const { url, told } = await given({ callsMax: 1 }, {}, { access });
    const open = (path: string) =>
      session(url)
        .request({ ":method": "POST", ":path": path, "content-type": "application/grpc" })
        .on("error", () => undefined);
    const refused = told.next("rpc.done", ({ code }) => code === "unauthenticated");
    open(APPEND).write(Buffer.from([0])); // and goes on for ever
    await refused;
    const watch = open("/grpc.health.v1.Health/Watch");
    watch.end(Buffer.alloc(5));
    await once(watch, "data");

    const client = createClient(OutboxService, createGrpcTransport({ baseUrl: url }));
    const answer = client.getEntry({ id: "x" }, { headers: { authorization: `Bearer ${KEY}` } });

    expect(await answer).toMatchObject({ reason: "" });
  });

  test("the watchers of health are bounded", async () => {
    const { url } = await given({});
    const one = session(url);
    const watch = () => {
      const stream = one.request({
        ":method": "POST",
        ":path": "/grpc.health.v1.Health/Watch",
        "content-type": "application/grpc",
      });
      stream.on("error", () => undefined).end(Buffer.alloc(5));
      return stream;
    };
    await Promise.all(Array.from({ length: 1_000 }, () => once(watch(), "data")));

    const [trailers] = await once(watch().resume(), "trailers");
    expect(trailers["grpc-status"]).toBe(String(Code.ResourceExhausted));
  }, 60_000);

  test("300 calls wait at a time over HTTP/1.1, each on a connection of its own", async () => {
    const answer = Promise.withResolvers<object>();
    const all = Promise.withResolvers<void>();
    let waiting = 0;
    const { url } = await given(
      {},
      {
        getEntry: () => {
          waiting += 1;
          if (waiting === 300) all.resolve();
          return answer.promise;
        },
      },
    );
    const client = createClient(
      OutboxService,
      createConnectTransport({ baseUrl: url, httpVersion: "1.1" }),
    );
    const calls = Array.from({ length: 300 }, (_, id) => client.getEntry({ id: String(id) }));

    await all.promise;

    answer.resolve({ reason: "done" });
    const answers = await Promise.all(calls);
    expect(answers.every(({ reason }) => reason === "done")).toBe(true);
  }, 60_000);

  test("connections beyond the most are closed", async () => {
    const { port, url } = await given({ connectionsMax: 1 });
    const first = raw(port);
    await once(first.socket, "connect");

    await raw(port).closed;

    first.socket.destroy();
    await first.closed;
    expect((await eventuallyFetch(`${url}/healthz`)).status).toBe(200);
  });

  test("a call that takes too long is told to end", async () => {
    const { url } = await given(
      { callMsMax: 50 },
      {
        getEntry: ({ signal }) =>
          new Promise((_, reject) => {
            signal.addEventListener("abort", () => reject(signal.reason));
          }),
      },
    );
    const client = createClient(OutboxService, createGrpcTransport({ baseUrl: url }));

    await expect(client.getEntry({ id: "x" })).rejects.toMatchObject({
      code: Code.DeadlineExceeded,
      rawMessage: "no call may take longer than 50 ms here",
    });
  });
});

async function eventuallyFetch(url: string): Promise<Response> {
  for (;;) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer !== undefined) return answer;
  }
}
