import { AckQueue } from "./ack-queue.ts";
import { type At, later } from "./at.ts";
import { CallFailed } from "./call-failed.ts";
import { Carrier } from "./carry.ts";
import { BrokenOff, type Ended, endedBy } from "./ended.ts";
import type { BatchNumber } from "./lane.ts";
import type { Lease } from "./lease.ts";
import type { RelayOptions } from "./options.ts";
import { pending } from "./pending.ts";
import { type Patience, persist } from "./persist.ts";
import type { OutboxIdentity, OutboxPort, Reading, RelayPorts } from "./ports.ts";
import { publishBacklog } from "./publish-backlog.ts";
import { purge } from "./purge.ts";
import { Schema } from "./schema.ts";
import { settle } from "./settle.ts";
import { start } from "./start.ts";
import { survey } from "./survey.ts";
import { watchHistory } from "./watch-history.ts";

/** What a term owns. */
export interface Owned {
  readonly identity: OutboxIdentity;
  readonly lease: Lease;
  /** Aborted, with what ended the term, where that is noticed beside the loop. */
  readonly over: AbortController;
}

/**
 * Carries entries into the graph under a lease, until told to stop, or until something ends it.
 *
 * When told to stop it reads no more, finishes the commit under way, and writes its acks.
 */
export async function own(
  ports: RelayPorts,
  options: RelayOptions,
  { identity, lease, over }: Owned,
  patience: Patience,
): Promise<Ended> {
  const { signals, clock } = patience;
  const { transactionLifetimeMs } = identity;
  const waits = { ...patience, signal: AbortSignal.any([patience.signal, over.signal]) };
  let reading: Reading | undefined;
  let background: Promise<unknown> = Promise.resolve();
  try {
    signals.emit("role.changed", { role: "starting" });
    const schema = new Schema(ports.graph, options.schema);
    const { batch } = await start({ ...ports, schema }, identity, lease, waits);
    let horizon = await persist("read", () => ports.outbox.settledHorizon(), waits);
    reading = await open(ports.outbox);
    let readUpTo: At | undefined;

    // Acks of what was committed are still written after the order to stop.
    const acksWait = { ...patience, signal: over.signal };
    const acks = new AckQueue(ports.outbox, batch, acksWait, (why) => over.abort(why));
    const entries = pending(reading, {
      horizon: () => horizon,
      clock,
      signals,
      onReadUpTo: (time) => {
        readUpTo = later(readUpTo ?? time, time);
      },
    });
    const { graph, outbox, desk } = ports;
    const carrying = { graph, outbox, desk, schema, acks, lease, batch, options, patience: waits };
    const carrier = new Carrier(entries, carrying);
    const settling = settle(
      ports.outbox,
      () => {
        if (readUpTo === undefined) return undefined;
        return { readUpTo, oldestUndecided: carrier.undecided.oldestAt, transactionLifetimeMs };
      },
      (raised) => {
        horizon = raised;
      },
      waits,
    );
    const publishing = publishBacklog(ports.outbox, carrier.undecided, waits);
    const purging = purge(
      {
        outbox: ports.outbox.purging,
        graph: ports.graph,
        epoch: lease.epoch,
        retentionMs: options.retentionMs,
        confirmed: () => acks.confirmedBatch,
        started: () => readUpTo !== undefined,
        busy: () => carrier.undecided.busy,
      },
      waits,
    );
    const { upTo } = reading;
    const surveying = survey({ outbox, graph, readUpTo: () => readUpTo ?? upTo }, waits);
    const { epoch } = lease;
    const confirmed = (): BatchNumber => acks.confirmedBatch;
    const busy = (): boolean => carrier.undecided.busy || acks.unconfirmed.length > 0;
    const watching = watchHistory({ graph, epoch, confirmed, busy }, waits);
    background = Promise.all([settling, publishing, purging, surveying, watching]);
    background.catch((error: unknown) => over.abort(error));
    signals.emit("role.changed", { role: "active" });
    let ended: Ended;
    try {
      await carrier.carry();
      ended = { kind: "stopped" };
      signals.emit("role.changed", { role: "stopping" });
    } catch (error) {
      ended = endedBy(error);
    }
    over.signal.throwIfAborted();
    // Whoever waits for what is in the graph learns of it now, not from the next owner.
    await Promise.race([acks.idle(), clock.sleep(options.stopGraceMs, over.signal)]);
    return ended;
  } catch (error) {
    return endedBy(over.signal.aborted ? over.signal.reason : error);
  } finally {
    over.abort(new BrokenOff("the term is over"));
    await reading?.close();
    await background.catch(() => {}); // what it failed with was the end of the term, and told there
  }
}

/** Opens what is pending. @throws BrokenOff where that fails. */
async function open(outbox: OutboxPort): Promise<Reading> {
  try {
    return await outbox.read();
  } catch (error) {
    if (error instanceof CallFailed) throw new BrokenOff(error.message, { cause: error });
    throw error;
  }
}
