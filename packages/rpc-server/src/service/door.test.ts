import { expect, test } from "vitest";
import { type DoorOptions, doorOf, doorOptions } from "./door.ts";
import { ConfigError, readConfig } from "./read-config.ts";

const door = (env: Record<string, string> = {}) => {
  const naming = { name: "x", about: "An x." };
  const asked = readConfig<DoorOptions>(naming, doorOptions("127.0.0.1:1"), [], env);
  if (asked.kind !== "run") throw new Error("asked for help");
  return doorOf(asked.config);
};

test("by default there is neither TLS nor access control, and no page may call", () => {
  expect(door()).toEqual({
    host: "127.0.0.1",
    port: 1,
    metricsOpen: true,
    corsOrigins: [],
    limits: { callsMax: 20_000, callMsMax: 360_000 },
  });
});

test("everything together", () => {
  expect(
    door({
      OUTGRAPH_LISTEN: "0.0.0.0:8480",
      OUTGRAPH_TLS_CERT: "/cert",
      OUTGRAPH_TLS_KEY: "/key",
      OUTGRAPH_TLS_CLIENT_CA: "/ca",
      OUTGRAPH_ACCESS_FILE: "/access",
      OUTGRAPH_JWT_JWKS: "/jwks",
      OUTGRAPH_JWT_ISSUER: "issuer",
      OUTGRAPH_JWT_AUDIENCE: "audience",
      OUTGRAPH_METRICS_FOR: "principals",
      OUTGRAPH_CORS_ORIGINS: "https://a.test, http://localhost:3000",
    }),
  ).toMatchObject({
    tls: { cert: "/cert", key: "/key", clientCa: "/ca" },
    access: {
      file: "/access",
      certificates: true,
      jwt: { jwks: "/jwks", issuer: "issuer", audience: "audience", claim: "sub" },
    },
    metricsOpen: false,
    corsOrigins: ["https://a.test", "http://localhost:3000"],
  });
});

test("options that lack others are named, all of them", () => {
  const wrong = () =>
    door({ OUTGRAPH_TLS_CERT: "/cert", OUTGRAPH_TLS_CLIENT_CA: "/ca", OUTGRAPH_JWT_JWKS: "/jwks" });

  expect(wrong).toThrow(ConfigError);
  for (const lack of ["--tls-key", "--tls-client-ca needs --access-file", "--jwt-issuer"]) {
    expect(wrong).toThrow(lack);
  }
  expect(() => door({ OUTGRAPH_METRICS_FOR: "principals" })).toThrow("--access-file");
  expect(() => door({ OUTGRAPH_JWT_ISSUER: "x" })).toThrow("--jwt-jwks");
  expect(() => door({ OUTGRAPH_CORS_ORIGINS: "*" })).toThrow("--cors-origins");
});
