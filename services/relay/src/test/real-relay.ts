import { randomBytes } from "node:crypto";
import { RETENTION_MS_DEFAULT } from "@outgraph/outbox";
import { SYSTEM_CLOCK } from "../clock.ts";
import type { RelayOptions } from "../options.ts";
import type { GraphPort, OutboxPort } from "../ports.ts";
import { type RelayEnded, relay } from "../relay.ts";
import { type RelaySignalBus, type RelaySignals, relaySignals } from "../signals.ts";

/** A relay in this process, on any ports. */
export interface RealRelay extends AsyncDisposable {
  readonly signals: RelaySignalBus;
  /** What it said of one name so far. */
  of<K extends keyof RelaySignals>(name: K): readonly RelaySignals[K][];
  /** The next signal of a name, within half a minute. */
  next<K extends keyof RelaySignals>(
    name: K,
    accept?: (payload: RelaySignals[K]) => boolean,
  ): Promise<RelaySignals[K]>;
  /** How it ended. */
  readonly ended: Promise<RelayEnded>;
  stop(): Promise<RelayEnded>;
}

/** Starts a relay. Tests end it by `await using`. */
export function realRelay(
  outbox: OutboxPort,
  graph: GraphPort,
  options: Partial<RelayOptions> = {},
): RealRelay {
  const signals = relaySignals();
  const heard = new Map<keyof RelaySignals, unknown[]>();
  const all = { ...signals };
  all.emit = (name, payload) => {
    heard.set(name, [...(heard.get(name) ?? []), payload]);
    signals.emit(name, payload);
  };
  const control = new AbortController();
  const ended = relay(
    { outbox, graph, clock: SYSTEM_CLOCK },
    {
      holder: randomBytes(4).toString("hex"),
      leaseTtlMs: 3_000,
      batchRowsMax: 100,
      batchBytesMax: 1_000_000,
      batchTargetMs: 1_000,
      retryMsMax: 300,
      onPoison: "park",
      parkedInARowMax: 20,
      retentionMs: RETENTION_MS_DEFAULT,
      schema: "ensure",
      stopGraceMs: 5_000,
      ...options,
    },
    all,
    control.signal,
  );
  const stop = (): Promise<RelayEnded> => {
    control.abort();
    return ended;
  };
  return {
    signals,
    of: <K extends keyof RelaySignals>(name: K) => (heard.get(name) ?? []) as RelaySignals[K][],
    next: (name, accept) => signals.next(name, accept, AbortSignal.timeout(30_000)),
    ended,
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
    },
  };
}
