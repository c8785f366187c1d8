import { AT_ZERO, type At } from "./at.ts";
import type { Clock } from "./clock.ts";
import { SteppedDown } from "./ended.ts";
import { judgeJournal } from "./judge-journal.ts";
import type { BatchNumber, Epoch } from "./lane.ts";
import { type Patience, persist } from "./persist.ts";
import type { GraphPort } from "./ports.ts";
import { type PurgePlan, planPurge, planSkipped } from "./purge-plan.ts";
import type { PurgePort } from "./purge-port.ts";

/** The longest time between two looks for something to purge, in milliseconds. */
const LOOK_EVERY_MS = 60_000;

/** How much longer than a step to wait after it: while entries are under way, and while none are. */
const REST_BUSY = 10;
const REST_IDLE = 1;
const REST_MS_MIN = 5;

/** What the purge needs, of one term. */
export interface Purging {
  readonly outbox: PurgePort;
  readonly graph: Pick<GraphPort, "readJournal">;
  readonly epoch: Epoch;
  readonly retentionMs: number;
  /** The newest batch whose ack is confirmed. */
  readonly confirmed: () => BatchNumber;
  /** False as long as the walk of the start is under way. */
  readonly started: () => boolean;
  /** Whether entries are on their way into the graph. */
  readonly busy: () => boolean;
}

/**
 * Deletes from the outbox what an ack older than the retention names, and then the ack, until the
 * signal aborts.
 *
 * It may be killed anywhere: the purge horizon is raised, majority, before anything at or below it is
 * deleted, an ack goes with the last of its entries, and whoever comes next begins with the oldest
 * ack. Nothing is deleted before the journal itself has said, in this very step, that the graph has
 * what the acks tell. Between two steps it leaves the servers to the lane.
 *
 * @throws HistoryMoved when the graph was put back behind the acks, as only this notices when idle.
 * @throws SteppedDown when the lease is under another epoch.
 */
export async function purge(purging: Purging, patience: Patience): Promise<void> {
  const { outbox, epoch, retentionMs } = purging;
  const { clock, signal } = patience;
  await owned(() => outbox.setRetention(epoch, retentionMs), patience);
  const everyMs = Math.min(LOOK_EVERY_MS, Math.max(100, retentionMs / 10));
  let skipsDone: At = AT_ZERO;
  for (;;) {
    await clock.sleep(everyMs, signal);
    if (signal.aborted) return;
    if (!purging.started()) continue;
    await purgeAcks(purging, patience);
    skipsDone = await purgeSkips(purging, skipsDone, patience);
  }
}

async function purgeAcks(purging: Purging, patience: Patience): Promise<void> {
  const { outbox, retentionMs } = purging;
  let after = 0n as BatchNumber;
  for (;;) {
    const old = await persist("purge", () => outbox.oldAcks(retentionMs, after), patience);
    const last = old.found.at(-1);
    if (last === undefined) return;
    await carryOut(planPurge(old), last.batch, purging, patience);
    after = last.batch;
  }
}

/** Returns up to where no skip needs to be looked at again. */
async function purgeSkips(purging: Purging, from: At, patience: Patience): Promise<At> {
  const { outbox, retentionMs } = purging;
  let done = from;
  for (let after = from; ; ) {
    const old = await persist("purge", () => outbox.oldSkips(retentionMs, after), patience);
    const last = old.found.at(-1);
    if (last === undefined) return done;
    const plan = planSkipped(old);
    await carryOut(plan, 0n as BatchNumber, purging, patience);
    const complete = plan?.parts.flatMap(({ entries }) => entries).length === old.found.length;
    if (complete && done === after) done = last.written;
    after = last.written;
  }
}

async function carryOut(
  plan: PurgePlan | undefined,
  upTo: BatchNumber,
  purging: Purging,
  patience: Patience,
): Promise<void> {
  if (plan === undefined) return;
  const { outbox, epoch } = purging;
  const { signals, clock } = patience;
  await seeJournal(upTo, purging, patience);
  await owned(() => outbox.raisePurgeHorizon(epoch, plan.horizonMs), patience);
  signals.emit("purge.horizon", { toMs: plan.horizonMs });
  for (const part of plan.parts) {
    const began = clock.now();
    await owned(() => outbox.purge(epoch, part), patience);
    const tookMs = clock.now() - began;
    const { entries, acks } = part;
    signals.emit("purged", { entries: entries.length, acks: acks.length, durationMs: tookMs });
    await rest(tookMs, purging, clock, patience.signal);
  }
}

/** @throws HistoryMoved when the graph does not have what the acks up to this one tell. */
async function seeJournal(
  upTo: BatchNumber,
  { graph, epoch, confirmed }: Purging,
  patience: Patience,
): Promise<void> {
  const sure = confirmed(); // before the look: what is acked was committed
  const acked = sure > upTo ? sure : upTo;
  judgeJournal(await persist("journal", () => graph.readJournal(), patience), { epoch, acked });
}

async function rest(
  tookMs: number,
  { busy }: Purging,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  await clock.sleep(Math.max(REST_MS_MIN, tookMs * (busy() ? REST_BUSY : REST_IDLE)), signal);
}

async function owned(call: () => Promise<boolean>, patience: Patience): Promise<void> {
  if (await persist("purge", call, patience)) return;
  throw new SteppedDown("another relay took the lease");
}
