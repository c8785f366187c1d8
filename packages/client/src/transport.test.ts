import { createSecureServer, type Http2SecureServer } from "node:http2";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { OutboxService } from "@outgraph/events";
import { testAuthority } from "@outgraph/rpc-server/test/certificates";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { createOutgraphClient } from "./client.ts";
import { UnauthenticatedError } from "./errors.ts";
import type { ClientOptions } from "./options.ts";
import { connectionsTo, type Protocol } from "./transport.ts";

vi.setConfig({ testTimeout: 60_000 });

const authority = testAuthority();
const own = authority.issue("CN=ingest");
const tls = { ca: authority.cert, cert: own.cert, key: Buffer.from(own.key) };
const APPEND = { events: [{ type: "a.B" }] };

/** What the service saw of each call. */
const seen: { token: string | null; name: string | undefined }[] = [];
let failing = 0;
let server: Http2SecureServer;
let url: string;

beforeAll(async () => {
  const { cert, key } = authority.issue("DNS:localhost");
  let name: string | undefined;
  server = createSecureServer(
    { cert, key, ca: authority.cert, requestCert: true, allowHTTP1: true },
    connectNodeAdapter({
      routes: (router) =>
        router.service(OutboxService, {
          append(request, { requestHeader }) {
            seen.push({ token: requestHeader.get("authorization"), name });
            if (failing-- > 0) throw new ConnectError("away", Code.Unavailable);
            return { receipt: { entryId: request.entry!.id } };
          },
        }),
    }),
  );
  server.on("secureConnection", (socket: TLSSocket) => {
    name = socket.getPeerCertificate().subject?.CN?.toString();
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  url = `https://localhost:${(server.address() as AddressInfo).port}`;
});

beforeEach(() => {
  seen.length = 0;
  failing = 0;
});

afterAll(() => {
  server.close();
});

/** Appends once, with these options, and lets go of the connection. */
async function append(protocol: Protocol, options: Partial<ClientOptions>): Promise<unknown> {
  const client = createOutgraphClient({ url, source: "test", protocol, ...options });
  try {
    return await client.append(APPEND).catch((error: unknown) => error);
  } finally {
    client.close();
  }
}

describe.each<Protocol>(["connect", "connect-h2", "grpc", "grpc-web"])("over %s", (protocol) => {
  test("a certificate of its own authority is trusted, and the client is known by its own", async () => {
    const appended = await append(protocol, { tls });

    expect(appended).toMatchObject({ replayed: false });
    expect(seen).toEqual([{ token: null, name: "ingest" }]);
  });

  test("a service whose authority is not trusted gets nothing", async () => {
    const { transport, close } = connectionsTo({ url, protocol });

    const call = createClient(OutboxService, transport).append({});

    await expect(call).rejects.toThrow(/certificate/);
    close();
    expect(seen).toEqual([]);
  });

  test("the token is asked for at every attempt", async () => {
    failing = 1;
    const tokens = ["old", "new"];

    await append(protocol, { tls, token: async () => tokens.shift() ?? "none left" });
    await append(protocol, { tls, token: "fixed" });

    expect(seen.map(({ token }) => token)).toEqual(["Bearer old", "Bearer new", "Bearer fixed"]);
  });
});

test("a call without a token to send fails at once, with the reason", async () => {
  const why = new Error("the issuer is away");
  const token = (): Promise<string> => Promise.reject(why);

  const error = await append("connect", { tls, token });

  expect(error).toBeInstanceOf(UnauthenticatedError);
  expect(error).toMatchObject({ attempts: 1, cause: { cause: why } });
  expect(seen).toEqual([]);
});

test("a token that does not come holds up its own call alone", async () => {
  let asked = 0;
  const never = new Promise<string>(() => undefined);
  const token = (): string | Promise<string> => (asked++ === 0 ? never : "second");
  const client = createOutgraphClient({ url, source: "test", tls, token, callsMax: 1 });

  const first = client.append(APPEND, { timeoutMs: 10 });
  await expect(first).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
  await client.append(APPEND);
  client.close();

  expect(seen.map(({ token }) => token)).toEqual(["Bearer second"]);
});
