import { type Ended, endedBy, SteppedDown } from "./ended.ts";
import { keepingHere } from "./keep-lease.ts";
import type { Lease } from "./lease.ts";
import type { LeaseTold } from "./lease-keeper.ts";
import type { RelayOptions } from "./options.ts";
import { own } from "./own.ts";
import { type Patience, persist } from "./persist.ts";
import type { RelayPorts } from "./ports.ts";
import { takeLease } from "./take-lease.ts";

/**
 * One term: wait for the lease, own the lane until something ends that, and let the lease go.
 *
 * It never throws: why it ended is the result.
 *
 * @param patience its signal is the order to stop.
 */
export async function term(
  ports: RelayPorts,
  options: RelayOptions,
  patience: Patience,
): Promise<Ended> {
  const { outbox, clock, keeper = keepingHere(outbox, clock) } = ports;
  const { signals } = patience;
  try {
    const identity = await persist("set-up", () => outbox.open(), patience);
    signals.emit("outbox.opened", { incarnation: identity.incarnation });
    await persist("lease", () => keeper.ready(), patience);
    const lease = await takeLease(outbox, options, patience);
    const over = new AbortController();
    const told: LeaseTold = {
      renewed: (askedMs) => signals.emit("lease.renewed", { epoch: lease.epoch, askedMs }),
      failed: () => signals.emit("call.retried", { task: "lease", kind: "transient", attempt: 1 }),
      lost: (why) => over.abort(new SteppedDown(why)),
    };
    const letGo = keeper.keep(lease, told);
    const ended = await own(ports, options, { identity, lease, over }, patience);
    await letGo();
    // A halted relay lets another try: what stopped this one may be of its own making.
    if (ended.kind === "stopped" || ended.kind === "halted") {
      await giveBack(ports, lease, signals);
    }
    return ended;
  } catch (error) {
    return endedBy(error);
  }
}

async function giveBack(
  { outbox }: RelayPorts,
  { holder, epoch }: Lease,
  signals: Patience["signals"],
): Promise<void> {
  try {
    await outbox.releaseLease(holder, epoch);
    signals.emit("lease.released", { epoch });
  } catch (error) {
    // It runs out by itself; that only takes longer.
    signals.emit("task.waiting", { task: "lease", message: `not given back: ${String(error)}` });
  }
}
