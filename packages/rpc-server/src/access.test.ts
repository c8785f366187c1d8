import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { request as httpsRequest } from "node:https";
import { connect as connectTcp } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { Code, ConnectError, createClient, type Transport } from "@connectrpc/connect";
import {
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
} from "@connectrpc/connect-node";
import { OutboxService } from "@outgraph/events";
import { signals } from "@outgraph/telemetry";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { hashedKey, newKey } from "./access/keys.ts";
import { principalOf } from "./access/principal.ts";
import type { RpcSignals } from "./calls.ts";
import { HealthService } from "./health.ts";
import { type RpcServer, type RpcServerOptions, startRpcServer } from "./server.ts";
import { type TestAuthority, type TestCertificate, testAuthority } from "./test/certificates.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 }); // a busy machine is slow, not wrong

let folder: string;
let server: RpcServer | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "access-"));
});
afterEach(async () => {
  await server?.stop(0);
  server = undefined;
  await rm(folder, { recursive: true });
});

const file = async (name: string, text: string): Promise<string> => {
  await writeFile(join(folder, name), text);
  return join(folder, name);
};

const KEY = newKey();
const accessFile = (): Promise<string> =>
  file(
    "access.json",
    JSON.stringify({
      principals: {
        ingest: {
          keys: [hashedKey(KEY)],
          certificates: ["CN=ingest"],
          subjects: ["service-ingest"],
          labels: ["File"],
        },
      },
    }),
  );

async function given(options: Partial<RpcServerOptions>) {
  const told = signals<RpcSignals>();
  server = await startRpcServer({
    host: "127.0.0.1",
    port: 0,
    routes: (router) =>
      router.service(OutboxService, {
        getEntry: (_, context) => ({ reason: principalOf(context)?.name ?? "anyone" }),
        append: () => ({}),
      }),
    ready: () => ({ ready: true }),
    metrics: { contentType: "text/plain", text: () => Promise.resolve("up 1\n") },
    signals: told,
    ...options,
  });
  return { told, url: server.url, port: server.port };
}

/** How a client speaks, and what it shows. */
interface Shown {
  readonly token?: string;
  readonly ca?: string;
  readonly certificate?: TestCertificate;
}
const TRANSPORTS: Record<string, (baseUrl: string, nodeOptions: object) => Transport> = {
  "Connect over HTTP/1.1": (baseUrl, nodeOptions) =>
    createConnectTransport({ baseUrl, nodeOptions, httpVersion: "1.1" }),
  "Connect over HTTP/2": (baseUrl, nodeOptions) =>
    createConnectTransport({ baseUrl, nodeOptions, httpVersion: "2" }),
  "gRPC over HTTP/2": (baseUrl, nodeOptions) => createGrpcTransport({ baseUrl, nodeOptions }),
  "gRPC-web over HTTP/1.1": (baseUrl, nodeOptions) =>
    createGrpcWebTransport({ baseUrl, nodeOptions, httpVersion: "1.1" }),
};
const PROTOCOLS = Object.keys(TRANSPORTS);

async function who(protocol: string, baseUrl: string, shown: Shown = {}): Promise<string> {
  const transport = TRANSPORTS[protocol]!(baseUrl, { ca: shown.ca, ...shown.certificate });
  const headers = shown.token === undefined ? {} : { authorization: `Bearer ${shown.token}` };
  try {
    return (await createClient(OutboxService, transport).getEntry({ id: "x" }, { headers })).reason;
  } catch (error) {
    const { code, rawMessage } = ConnectError.from(error);
    return `${Code[code]}: ${rawMessage}`;
  }
}

test.each(PROTOCOLS)(
  "a key tells who calls, and nothing less opens the door: %s",
  async (protocol) => {
    const { url, told } = await given({
      access: { file: await accessFile(), certificates: false },
    });

    expect(await who(protocol, url, { token: KEY })).toBe("ingest");
    const done = told.next("rpc.done");
    expect(await who(protocol, url)).toBe(
      'Unauthenticated: a token is needed: "authorization: Bearer <token>"',
    );
    expect(await done).toMatchObject({ code: "unauthenticated" });
    expect(await who(protocol, url, { token: newKey() })).toBe(
      "Unauthenticated: the key is not known, or not any more",
    );
    expect(await who(protocol, url, { token: "a b" })).toBe(
      "Unauthenticated: the authorization is not a bearer token",
    );
  },
);

test("what a principal may not do is refused before the request is read", async () => {
  let asked = 0;
  const { url, told } = await given({
    access: { file: await accessFile(), certificates: false },
    denied: ({ labels }, method) => {
      asked += 1;
      return labels.has("File") && method.name === "GetEntry" ? "needs more" : undefined;
    },
  });

  const done = told.next("rpc.done");
  expect(await who(PROTOCOLS[0]!, url, { token: KEY })).toBe("PermissionDenied: ingest needs more");
  expect(asked).toBe(1);
  expect(await done).toMatchObject({ code: "permission_denied", principal: "ingest" });
  const unread = await fetch(`${url}/outgraph.append.v1.OutboxService/Append`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer wrong" },
    body: "this is not even JSON",
  });
  expect(await unread.json()).toMatchObject({ code: "unauthenticated" });
});

test("a JWT of the issuer tells who calls", async () => {
  const { publicKey, privateKey } = await generateKeyPair("RS256");
  const jwks = await file("jwks.json", JSON.stringify({ keys: [await exportJWK(publicKey)] }));
  const jwt = { jwks, issuer: "https://issuer.test", audience: "outgraph", claim: "sub" };
  const { url } = await given({ access: { file: await accessFile(), certificates: false, jwt } });
  const token = (sub: string, issuer: string): Promise<string> =>
    new SignJWT({ sub, iss: issuer, aud: jwt.audience })
      .setProtectedHeader({ alg: "RS256" })
      .setExpirationTime("1m")
      .sign(privateKey);

  const [protocol] = PROTOCOLS as [string];
  expect(await who(protocol, url, { token: await token("service-ingest", jwt.issuer) })).toBe(
    "ingest",
  );
  expect(await who(protocol, url, { token: KEY })).toBe("ingest");
  expect(await who(protocol, url, { token: await token("ingest", jwt.issuer) })).toBe(
    'PermissionDenied: no principal in the access file has "ingest"',
  );
  expect(await who(protocol, url, { token: await token("service-ingest", "x") })).toBe(
    'Unauthenticated: the token is not accepted: unexpected "iss" claim value',
  );
});

test("while the issuer's keys cannot be had, a JWT is UNAVAILABLE, a key is not, and it is said", async () => {
  const jwt = {
    jwks: "http://127.0.0.1:1/keys",
    issuer: "https://issuer.test",
    audience: "outgraph",
    claim: "sub",
  };
  const access = { file: await accessFile(), certificates: false, jwt };
  const { url, told } = await given({ access });
  const away = told.next("access.keys_away");
  const token = await new SignJWT({ sub: "service-ingest" })
    .setProtectedHeader({ alg: "RS256" })
    .sign((await generateKeyPair("RS256")).privateKey);

  const [protocol] = PROTOCOLS as [string];
  expect(await who(protocol, url, { token })).toBe(
    "Unavailable: the token issuer's keys cannot be had",
  );
  expect(JSON.stringify(await away)).not.toContain(token);
  expect(await who(protocol, url, { token: KEY })).toBe("ingest");
});

test("the access file is read again: keys come and go, and a broken file changes nothing", async () => {
  const path = await accessFile();
  const { url, told } = await given({ access: { file: path, certificates: false } });
  const next = newKey();
  const [protocol] = PROTOCOLS as [string];

  const read = told.next("files.read");
  await writeFile(path, JSON.stringify({ principals: { shop: { keys: [hashedKey(next)] } } }));
  await read;
  expect(await who(protocol, url, { token: next })).toBe("shop");
  expect(await who(protocol, url, { token: KEY })).toMatch("Unauthenticated");

  const refused = told.next("files.refused");
  await writeFile(path, '{"principals": {"shop": {"keys": ["');
  expect(await refused).toMatchObject({ files: [path], err: { message: "it is not JSON" } });
  expect(await who(protocol, url, { token: next })).toBe("shop");
});

test("probes and health stay open; metrics only if they are meant to", async () => {
  const access = { file: await accessFile(), certificates: false };
  const { url } = await given({ access, metricsOpen: false });
  const status = async (path: string, headers = {}) =>
    (await fetch(url + path, { headers })).status;

  expect(await status("/healthz")).toBe(200);
  expect(await status("/readyz")).toBe(200);
  expect(await status("/metrics")).toBe(401);
  expect(await status("/metrics", { authorization: `Bearer ${KEY}` })).toBe(200);
  const health = createClient(HealthService, createGrpcTransport({ baseUrl: url })) as unknown as {
    check(request: { service: string }): Promise<{ status: number }>;
  };
  expect(await health.check({ service: "" })).toMatchObject({ status: 1 });
});

/** Files of a server's certificate. */
async function tlsFiles(authority: TestAuthority, name = "server") {
  const { cert, key } = authority.issue("DNS:localhost", "IP:127.0.0.1");
  return { cert: await file(`${name}.crt`, cert), key: await file(`${name}.key`, key) };
}

test.each(PROTOCOLS)("one TLS port answers %s", async (protocol) => {
  const authority = testAuthority();
  const { url } = await given({ tls: await tlsFiles(authority) });

  expect(url).toMatch(/^https:/);
  expect(await who(protocol, url, { ca: authority.cert })).toBe("anyone");
  expect(await who(protocol, url, { ca: testAuthority().cert })).toMatch(
    /^(Unavailable|Internal|Unknown)/,
  );
  expect(await who(protocol, url.replace("https", "http"))).not.toBe("anyone");
});

test.each([["h2"], ["http/1.1"]])("%s is agreed on in the handshake", async (protocol) => {
  const authority = testAuthority();
  const { port } = await given({ tls: await tlsFiles(authority) });

  const agreed = await new Promise((resolve, reject) => {
    const socket = connect({
      port,
      host: "127.0.0.1",
      ca: authority.cert,
      ALPNProtocols: [protocol],
    });
    socket.on("error", reject);
    socket.on("secureConnect", () => {
      resolve(socket.alpnProtocol);
      socket.destroy();
    });
  });

  expect(agreed).toBe(protocol);
});

test.each(PROTOCOLS)("a client certificate tells who calls: %s", async (protocol) => {
  const [authority, clients, others] = [
    testAuthority(),
    testAuthority("clients"),
    testAuthority("clients"),
  ];
  const clientCa = await file("clients.crt", clients.cert);
  const { url, told } = await given({
    tls: { ...(await tlsFiles(authority)), clientCa },
    access: { file: await accessFile(), certificates: true },
  });
  const ca = authority.cert;
  const good = clients.issue("DNS:unknown.test", "CN=ingest");

  expect(await who(protocol, url, { ca, certificate: good })).toBe("ingest");
  expect(await who(protocol, url, { ca })).toMatch(
    "Unauthenticated: a client certificate is needed",
  );
  const refused = told.next("tls.certificate_refused");
  const forged = others.issue("CN=ingest");
  expect(await who(protocol, url, { ca, certificate: forged, token: KEY })).not.toBe("ingest");
  expect(await refused).toEqual({ why: "CERT_SIGNATURE_FAILURE" });
  expect(await who(protocol, url, { ca, certificate: clients.issue("CN=other") })).toBe(
    'PermissionDenied: no principal in the access file has "CN=other"',
  );
  expect(await who(protocol, url, { ca, token: KEY })).toBe("ingest");
  expect(await who(protocol, url, { ca, certificate: good, token: "wrong" })).toMatch(
    "Unauthenticated",
  );
});

test("a new server certificate counts for new connections, a wrong one changes nothing", async () => {
  const [old, next] = [testAuthority("old"), testAuthority("next")];
  const files = await tlsFiles(old);
  const { url, told } = await given({ tls: files });
  const get = (ca: string): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      httpsRequest(`${url}/healthz`, { ca, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on("error", reject)
        .end();
    });
  expect(await get(old.cert)).toBe(200);

  const refused = told.next("files.refused");
  await writeFile(files.cert, next.issue("IP:127.0.0.1").cert); // of another key
  await refused;
  expect(await get(old.cert)).toBe(200);

  const read = told.next("files.read");
  const { cert, key } = next.issue("IP:127.0.0.1");
  await Promise.all([writeFile(files.cert, cert), writeFile(files.key, key)]);
  await read;
  expect(await get(next.cert)).toBe(200);
  await expect(get(old.cert)).rejects.toThrow();
});

test("a handshake that does not come is not waited for, and noise harms nobody", async () => {
  const authority = testAuthority();
  const { url, port } = await given({
    tls: await tlsFiles(authority),
    limits: { silenceMsMax: 50 },
  });

  for (const said of ["", "\x16\x03\x01", "GET / HTTP/1.1\r\n\r\n", "PRI * HTTP/2.0\r\n\r\n"]) {
    const socket = connectTcp({ port, host: "127.0.0.1" });
    socket.on("error", () => socket.destroy());
    socket.resume().write(said);
    await once(socket, "close");
  }

  expect(await who(PROTOCOLS[0]!, url, { ca: authority.cert })).toBe("anyone");
});

test("files that cannot be used are named at the start", async () => {
  const authority = testAuthority();
  const files = await tlsFiles(authority);
  const other = await tlsFiles(authority, "other");

  await expect(given({ tls: { ...files, key: other.key } })).rejects.toThrow(other.key);
  await expect(given({ tls: { ...files, cert: "/nowhere" } })).rejects.toThrow("/nowhere");
  const access = {
    file: await file("a.json", '{"principals": {"a": {"label": []}}}'),
    certificates: false,
  };
  await expect(given({ access })).rejects.toThrow(`${access.file}: principals.a: `);
});

test("an address that others can reach is taken with access control; in the clear it is said", async () => {
  const told = signals<RpcSignals>();
  const said = told.next("access.cleartext");

  const { url } = await given({
    host: "0.0.0.0",
    access: { file: await accessFile(), certificates: false },
    signals: told,
  });

  expect(await said).toEqual({ host: "0.0.0.0" });
  expect(await who(PROTOCOLS[0]!, url, { token: KEY })).toBe("ingest");
});
