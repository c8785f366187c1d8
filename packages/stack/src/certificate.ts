import { mkdtempSync } from "node:fs";
import { chmod, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTool } from "./tool.ts";

/** A certificate for servers on this machine, as files. It is its own authority. */
export interface Certificate extends AsyncDisposable {
  /** The folder with all of them. */
  readonly folder: string;
  readonly certFile: string;
  readonly keyFile: string;
  /** Certificate and key in one, as mongod wants them. */
  readonly bothFile: string;
}

const OPENSSL = { command: "openssl", remedy: "install it with `apt-get install openssl`" };

/**
 * Makes a certificate for 127.0.0.1 and localhost, valid for two days, in a temp folder.
 *
 * @throws ToolMissing where there is no openssl.
 */
export async function makeCertificate(): Promise<Certificate> {
  const folder = mkdtempSync(join(tmpdir(), "outgraph-certificate-"));
  const [certFile, keyFile, bothFile] = ["cert.pem", "key.pem", "both.pem"].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  await runTool(OPENSSL, [
    ...["req", "-x509", "-nodes", "-days", "2", "-newkey", "rsa:2048"],
    ...["-keyout", keyFile, "-out", certFile, "-subj", "/CN=localhost"],
    ...["-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"],
  ]);
  const both = `${await readFile(certFile, "utf8")}${await readFile(keyFile, "utf8")}`;
  await writeFile(bothFile, both);
  await Promise.all([keyFile, bothFile].map((file) => chmod(file, 0o600)));
  return {
    folder,
    certFile,
    keyFile,
    bothFile,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
