import { createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { RelayRole, RelayService, type RelayStatus } from "@outgraph/events";
import { waitUntil } from "@outgraph/stack";
import type { Service } from "./service.ts";

/** What a relay says of itself; undefined when it says nothing within a second. */
export async function statusOf(relay: Service): Promise<RelayStatus | undefined> {
  const transport = createConnectTransport({ baseUrl: relay.url, httpVersion: "1.1" });
  try {
    return (await createClient(RelayService, transport).status({}, { timeoutMs: 1_000 })).status;
  } catch {
    return undefined; // dead, paused or busy: it is no matter which
  }
}

/** How long somebody is waited for who carries, in milliseconds: a server may be away just then. */
const OWNER_WITHIN_MS = 60_000;

/** The relay that carries now, or the first that does. When there is none for long: any. */
export async function ownerOf(relays: readonly Service[]): Promise<Service> {
  try {
    return await waitUntil(() => active(relays), {
      what: "a relay carries",
      timeoutMs: OWNER_WITHIN_MS,
      everyMs: 200,
    });
  } catch {
    return first(relays);
  }
}

/** Any relay but the one that carries. */
export async function standbyOf(relays: readonly Service[]): Promise<Service> {
  const owner = await ownerOf(relays);
  return relays.find((relay) => relay !== owner) ?? owner;
}

async function active(relays: readonly Service[]): Promise<Service | undefined> {
  const said = await Promise.all(relays.map(statusOf));
  const carrying = relays.flatMap((relay, i) => {
    const status = said[i];
    return status?.role === RelayRole.ACTIVE ? [{ relay, epoch: status.epoch }] : [];
  });
  // One whose clock is slow still says so after another has taken over.
  carrying.sort((a, b) => Number(b.epoch - a.epoch));
  return carrying[0]?.relay;
}

function first(relays: readonly Service[]): Service {
  const [relay] = relays;
  if (relay === undefined) throw new Error("there is no relay");
  return relay;
}
