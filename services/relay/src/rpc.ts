import { create } from "@bufbuild/protobuf";
import { durationFromMs, timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { ConnectRouter } from "@connectrpc/connect";
import {
  RelayRole,
  RelayService,
  type RelayStatus,
  RelayStatusSchema,
  StatusResponseSchema,
  WatchStatusResponseSchema,
} from "@outgraph/events";
import { type AdminParts, adminCalls } from "./admin.ts";
import type { Clock } from "./clock.ts";
import type { Role } from "./signals.ts";
import type { Status, StatusBoard } from "./status.ts";

const ROLES: Readonly<Record<Role, RelayRole>> = {
  standby: RelayRole.STANDBY,
  starting: RelayRole.STARTING,
  active: RelayRole.ACTIVE,
  paused: RelayRole.PAUSED,
  halted: RelayRole.HALTED,
  stopping: RelayRole.STOPPING,
};

/** The shortest time between two messages of a watch, in milliseconds. */
const WATCH_MS = 100;

/** The contract's `RelayService`. */
export function relayRoutes(
  board: StatusBoard,
  clock: Clock,
  admin: AdminParts,
): (router: ConnectRouter, stopping: AbortSignal) => void {
  return (router, stopping) => {
    router.service(RelayService, {
      ...adminCalls(admin),
      status: () => create(StatusResponseSchema, { status: relayStatus(board.now()) }),
      async *watchStatus(_request, { signal }) {
        const until = AbortSignal.any([signal, stopping]); // a stop does not wait for who only watches
        for await (const status of changes(board, clock, until)) {
          yield create(WatchStatusResponseSchema, { status: relayStatus(status) });
        }
      },
    });
  };
}

/** The status now, and after each change, at most ten times a second, until the signal aborts. */
async function* changes(
  board: StatusBoard,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<Status> {
  let changed = true;
  let wake = (): void => {};
  const note = (): void => {
    changed = true;
    wake();
  };
  const off = board.onChange(note);
  signal.addEventListener("abort", note, { once: true });
  try {
    while (!signal.aborted) {
      if (!changed) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      changed = false;
      yield board.now();
      await clock.sleep(WATCH_MS, signal);
    }
  } finally {
    off();
    signal.removeEventListener("abort", note);
  }
}

/** A status as the contract says it. */
export function relayStatus(status: Status): RelayStatus {
  const { role, why, backlog, lagMs } = status;
  return create(RelayStatusSchema, {
    role: ROLES[role],
    haltReason: role === "halted" ? why : "",
    incarnation: status.incarnation,
    holder: status.holder,
    epoch: status.epoch,
    batch: status.batch,
    ...(status.owns && {
      backlog: {
        entries: BigInt(backlog.entries),
        bytes: BigInt(backlog.bytes),
        ...(backlog.oldestMs !== undefined && { oldestAt: timestampFromMs(backlog.oldestMs) }),
      },
    }),
    lag: durationFromMs(lagMs),
    lagKnown: status.lagKnown,
    lagCoarse: status.lagCoarse,
    entriesApplied: BigInt(status.entriesApplied),
    rowsApplied: BigInt(status.rowsApplied),
    batchesApplied: BigInt(status.batchesApplied),
    retries: BigInt(status.retries),
    parked: BigInt(status.aside?.parked ?? 0),
    blocked: BigInt(status.aside?.blocked ?? 0),
    ...(status.oplogWindowMs !== undefined && {
      oplogWindow: durationFromMs(status.oplogWindowMs),
    }),
    ...(status.stubs !== undefined && { stubs: BigInt(status.stubs) }),
  });
}
