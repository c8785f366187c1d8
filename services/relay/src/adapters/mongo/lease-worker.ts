// The thread that renews a relay's lease. See lease-thread.ts.
import { parentPort, workerData } from "node:worker_threads";
import { outboxCollections } from "@outgraph/outbox";
import { MongoClient } from "mongodb";
import { type Clock, SYSTEM_CLOCK } from "../../clock.ts";
import { keepLease } from "../../keep-lease.ts";
import type { Lease } from "../../lease.ts";
import { asking } from "./asking.ts";
import { renewLease } from "./lease.ts";
import { beatsIn, monotonicMs } from "./lease-beat.ts";
import type { LeaseThreadSetting, ToRelay, ToThread } from "./lease-messages.ts";

if (parentPort === null) throw new Error("lease-worker runs as a thread of a relay");
const relay = parentPort;
const { uri, database, beats } = workerData as LeaseThreadSetting;
const beat = beatsIn(beats);
const clock: Clock = { ...SYSTEM_CLOCK, now: monotonicMs };
const say = (message: ToRelay): void => relay.postMessage(message);

const client = new MongoClient(uri, {
  appName: "outgraph-relay-lease",
  maxPoolSize: 2, // one may hang
  serverSelectionTimeoutMS: 2_000,
  connectTimeoutMS: 2_000,
  socketTimeoutMS: 10_000,
  heartbeatFrequencyMS: 2_000,
});
const { meta } = outboxCollections(client.db(database === "" ? undefined : database));

const renew = ({ holder, epoch, ttlMs }: Lease): Promise<boolean> =>
  asking(async () => {
    await client.connect(); // see MongoOutbox: a first connect that failed needs another
    return await renewLease(meta, holder, epoch, ttlMs);
  });

const kept = new Map<number, () => Promise<void>>();

function keep(id: number, lease: Lease): void {
  const told = {
    renewed: (askedMs: number) => say({ kind: "renewed", id, askedMs }),
    failed: () => say({ kind: "failed", id }),
    lost: (why: string) => {
      kept.delete(id);
      say({ kind: "lost", id, why });
    },
  };
  kept.set(id, keepLease(lease, { renew, clock, beatAt: beat.last, told }));
}

// Connected beforehand, since the first renewal of a short lease is due soon; if not, it asks again.
client.connect().catch(() => {});
relay.on("message", async (message: ToThread) => {
  switch (message.kind) {
    case "keep":
      return keep(message.id, message.lease);
    case "stop":
      await kept.get(message.id)?.();
      kept.delete(message.id);
      return say({ kind: "stopped", id: message.id });
  }
});
say({ kind: "ready" });
