import { lookup } from "node:dns/promises";
import { BlockList } from "node:net";

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

/** An address that other machines can reach was asked for, and nothing checks who calls. */
export class OpenBindRefused extends Error {
  override readonly name = "OpenBindRefused";
}

/** Whether `host`, and every address it resolves to, is one that only this machine can reach. */
export async function isLoopback(host: string): Promise<boolean> {
  const addresses = host === "" ? [] : await lookup(host, { all: true });
  return (
    addresses.length > 0 &&
    addresses.every(({ address, family }) =>
      LOOPBACK.check(address, family === 6 ? "ipv6" : "ipv4"),
    )
  );
}

/** The error for an address that others can reach where nothing checks who calls. */
export function openBindRefused(host: string): OpenBindRefused {
  return new OpenBindRefused(
    `refusing to listen on ${host || "every address"}: other machines could reach it, and nothing ` +
      "checks who calls. Say who may with --access-file (OUTGRAPH_ACCESS_FILE), and give it " +
      "--tls-cert and --tls-key; or listen on 127.0.0.1, ::1 or localhost",
  );
}
