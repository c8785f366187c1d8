import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from "jose";
import { beforeAll, expect, test } from "vitest";
import { isJwt, jwtCheck, KeysAway, keysIn, remoteKeys, TokenRefused } from "./jwt.ts";

const RULES = { issuer: "https://issuer.test", audience: "outgraph", claim: "sub" };

let pair: Awaited<ReturnType<typeof generateKeyPair>>;
let jwks: string;
beforeAll(async () => {
  pair = await generateKeyPair("ES256");
  jwks = JSON.stringify({ keys: [{ ...(await exportJWK(pair.publicKey)), kid: "one" }] });
});

const claims = (more: object = {}, kid = "one"): SignJWT =>
  new SignJWT({ sub: "ingest", iss: RULES.issuer, aud: ["other", "outgraph"], ...more })
    .setProtectedHeader({ alg: "ES256", kid })
    .setIssuedAt();
const signed = (more?: object, expires = "1m"): Promise<string> =>
  claims(more).setExpirationTime(expires).sign(pair.privateKey);
const check = (token: string): Promise<string> => {
  const keys = keysIn(jwks);
  return jwtCheck(() => keys, RULES)(token);
};

test("a token gives the name in its claim", async () => {
  expect(isJwt(await signed())).toBe(true);
  expect(await check(await signed())).toBe("ingest");
});

test("a token of another issuer, audience, time, key or kind is refused, and nothing of it is told", async () => {
  const others = await generateKeyPair("ES256");
  const secret = new TextEncoder().encode("a secret that stands in the key set, by mistake");
  const k = Buffer.from(secret).toString("base64url");
  const { keys } = JSON.parse(jwks) as { keys: object[] };
  jwks = JSON.stringify({ keys: [...keys, { kty: "oct", kid: "shared", k }] });
  const header = { alg: "HS256", kid: "shared" };
  const body = { sub: "ingest", iss: RULES.issuer, aud: RULES.audience };
  const wrong: [Promise<string> | string, string][] = [
    [signed({ iss: "https://evil.test" }), '"iss"'],
    [signed({ aud: "other" }), '"aud"'],
    [signed({}, "-1m"), '"exp"'],
    [claims().sign(pair.privateKey), '"exp"'],
    [signed({ nbf: Date.now() / 1_000 + 60 }), '"nbf"'],
    [signed({ sub: undefined }), '"sub"'],
    [signed({ sub: ["ingest"] }), "sub is not a text"],
    [claims().setExpirationTime("1m").sign(others.privateKey), "signature"],
    [claims({}, "two").setExpirationTime("1m").sign(pair.privateKey), "no applicable key"],
    [new SignJWT(body).setProtectedHeader(header).setExpirationTime("1m").sign(secret), '"alg"'],
    [new UnsecuredJWT(body).setExpirationTime("1m").encode(), '"alg"'],
    ["a.b.c", ""],
  ];

  for (const [token, why] of wrong) {
    const refused = await check(await token).then(String, (error: unknown) => error);
    expect(refused).toBeInstanceOf(TokenRefused);
    expect((refused as Error).message.toLowerCase()).toContain(why);
    expect((refused as Error).message).not.toContain(await token);
  }
});

test("remote keys are fetched when needed; while they cannot be had, nobody is called a liar", async () => {
  let answer = 503;
  let asked = 0;
  const issuer = createServer((_, response) => {
    asked += 1;
    response.writeHead(answer, { "content-type": "application/json" }).end(jwks);
  });
  await new Promise<void>((resolve) => issuer.listen(0, "127.0.0.1", resolve));
  const { port } = issuer.address() as AddressInfo;
  const keys = remoteKeys(`http://127.0.0.1:${port}/keys`);
  const remote = jwtCheck(() => keys, RULES);
  try {
    await expect(remote(await signed())).rejects.toBeInstanceOf(KeysAway);
    answer = 200;
    expect(await remote(await signed())).toBe("ingest");
    const before = asked;
    expect(await remote(await signed())).toBe("ingest");
    expect(asked).toBe(before);
  } finally {
    issuer.close();
    issuer.closeAllConnections();
  }
  const away = remoteKeys(`http://127.0.0.1:${port}/keys`);
  await expect(jwtCheck(() => away, RULES)(await signed())).rejects.toBeInstanceOf(KeysAway);
});

test("keys of another machine are not fetched in the clear", () => {
  expect(() => remoteKeys("http://issuer.test/keys")).toThrow("https://");
  expect(() => remoteKeys("https://issuer.test/keys")).not.toThrow();
});
