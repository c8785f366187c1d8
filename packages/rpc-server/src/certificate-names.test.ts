import { X509Certificate } from "node:crypto";
import { expect, test } from "vitest";
import { namesIn } from "./certificate-names.ts";
import { testAuthority } from "./test/certificates.ts";

const names = (...of: string[]): string[] =>
  namesIn(new X509Certificate(testAuthority().issue(...of).cert));

test("a certificate proves its alternative names, then its common name", () => {
  expect(
    names("CN=ingest", "DNS:ingest.internal", "IP:127.0.0.1", "URI:spiffe://a/b", "email:a@b.c"),
  ).toEqual(["DNS:ingest.internal", "URI:spiffe://a/b", "email:a@b.c", "CN=ingest"]);
});

test("a name cannot pretend to be two", () => {
  expect(names("CN=x\nCN=admin", "DNS:a, DNS:admin", 'URI:b", URI:admin')).not.toContain(
    "DNS:admin",
  );
  expect(names("CN=x\nCN=admin", "DNS:a, DNS:admin")).not.toContain("CN=admin");
  expect(names("CN=x", 'URI:b", URI:admin')).toEqual(['URI:b", URI:admin', "CN=x"]);
});
