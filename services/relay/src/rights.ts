import { RelayService } from "@outgraph/events";
import { type Denied, mayRelay } from "@outgraph/rpc-server";

/** What a principal must be granted for each call. */
const RIGHT: Readonly<Record<keyof typeof RelayService.method, "read" | "operate">> = {
  status: "read",
  watchStatus: "read",
  listParked: "read",
  explain: "read",
  retryParked: "operate",
  retryAllParked: "operate",
  skipParked: "operate",
  pause: "operate",
  resume: "operate",
};

/** Why a principal may not ask the relay, or tell it what to do. Other services are not its matter. */
export const relayDenied: Denied = (grants, method) => {
  if (method.parent.typeName !== RelayService.typeName) return undefined;
  const right = RIGHT[method.localName as keyof typeof RIGHT];
  return mayRelay(grants, right) ? undefined : `needs the grant "relay": "${right}"`;
};
