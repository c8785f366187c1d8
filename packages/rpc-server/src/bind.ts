import { lookup } from "node:dns/promises";
import { BlockList } from "node:net";

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

/** An address that other machines can reach was asked for, and nothing checks who calls. */
export class OpenBindRefused extends Error {
  override readonly name = "OpenBindRefused";
}

/**
 * Refuses an address that other machines can reach.
 *
 * @throws OpenBindRefused when `host`, or one of the addresses it resolves to, is not a loopback address.
 */
export async function requireLoopback(host: string): Promise<void> {
  const addresses = host === "" ? [] : await lookup(host, { all: true });
  const open = addresses.find(
    ({ address, family }) => !LOOPBACK.check(address, family === 6 ? "ipv6" : "ipv4"),
  );
  if (addresses.length > 0 && open === undefined) return;
  throw new OpenBindRefused(
    `refusing to listen on ${host || "every address"}: other machines could reach it, and no access ` +
      "control is set up. Use 127.0.0.1, ::1 or localhost",
  );
}
