import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { isIPv4 } from "node:net";

/** A certificate and its key, PEM. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
}

/** An authority for one test; its certificates are valid for a day around now. */
export interface TestAuthority {
  readonly cert: string;
  /** @param names as the access file writes them: `CN=…`, `DNS:…`, `URI:…`, `email:…`; also `IP:…`. */
  issue(...names: string[]): TestCertificate;
}

export function testAuthority(name = "Outgraph test authority"): TestAuthority {
  const own = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const issue = (subject: string, of: KeyObject, extension: Buffer): string => {
    const algorithm = sequence(oid(1, 2, 840, 10045, 4, 3, 2)); // ecdsa-with-SHA256
    const day = 24 * 3_600_000;
    const signed = sequence(
      tlv(0xa0, tlv(0x02, Buffer.from([2]))),
      tlv(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
      algorithm,
      commonName(name),
      sequence(utcTime(Date.now() - day), utcTime(Date.now() + day)),
      commonName(subject),
      of.export({ type: "spki", format: "der" }),
      tlv(0xa3, sequence(extension)),
    );
    const signature = tlv(0x03, Buffer.from([0]), sign("sha256", signed, own.privateKey));
    const body = sequence(signed, algorithm, signature).toString("base64");
    return `-----BEGIN CERTIFICATE-----\n${body.replace(/.{64}(?=.)/g, "$&\n")}\n-----END CERTIFICATE-----\n`;
  };
  const isAuthority = sequence(
    oid(2, 5, 29, 19),
    tlv(0x01, Buffer.from([0xff])),
    tlv(0x04, sequence(tlv(0x01, Buffer.from([0xff])))),
  );
  return {
    cert: issue(name, own.publicKey, isAuthority),
    issue(...names) {
      const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const common = names.find((one) => one.startsWith("CN="))?.slice(3) ?? "test";
      const others = names.filter((one) => !one.startsWith("CN=")).map(alternative);
      const extension = sequence(oid(2, 5, 29, 17), tlv(0x04, sequence(...others)));
      return {
        cert: issue(common, pair.publicKey, extension),
        key: pair.privateKey.export({ type: "pkcs8", format: "pem" }) as string,
      };
    },
  };
}

function alternative(name: string): Buffer {
  const colon = name.indexOf(":");
  const value = name.slice(colon + 1);
  if (isIPv4(value)) return tlv(0x87, Buffer.from(value.split(".").map(Number)));
  const tag = { email: 0x81, DNS: 0x82, URI: 0x86 }[name.slice(0, colon)];
  if (tag === undefined) throw new Error(`no kind of name: ${name}`);
  return tlv(tag, Buffer.from(value));
}

function commonName(name: string): Buffer {
  const attribute = sequence(oid(2, 5, 4, 3), tlv(0x0c, Buffer.from(name)));
  return sequence(tlv(0x31, attribute));
}

function utcTime(ms: number): Buffer {
  const text = new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, "");
  return tlv(0x17, Buffer.from(text.slice(2)));
}

function sequence(...parts: Buffer[]): Buffer {
  return tlv(0x30, ...parts);
}

function oid(first: number, second: number, ...rest: number[]): Buffer {
  const bytes = rest.flatMap((part) => {
    const groups = [part & 0x7f];
    for (let left = part >> 7; left > 0; left >>= 7) groups.unshift((left & 0x7f) | 0x80);
    return groups;
  });
  return tlv(0x06, Buffer.from([first * 40 + second, ...bytes]));
}

function tlv(tag: number, ...parts: Buffer[]): Buffer {
  const value = Buffer.concat(parts);
  const { length } = value;
  // As short as it can be: DER knows one way to write a length, and Go insists on it.
  const size = [length >> 8, length & 0xff].slice(length < 0x100 ? 1 : 0);
  const prefix = length < 0x80 ? [tag, length] : [tag, 0x80 + size.length, ...size];
  return Buffer.concat([Buffer.from(prefix), value]);
}
