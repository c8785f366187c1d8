import type { Lease } from "../../lease.ts";
import type { MongoOutboxOptions } from "./mongo-outbox.ts";

/** What a lease's thread is started with. */
export interface LeaseThreadSetting extends MongoOutboxOptions {
  /** Where the relay's loop beats. */
  readonly beats: SharedArrayBuffer;
}

/** What the relay tells the thread. `askedAt` of a lease is by `monotonicMs`. */
export type ToThread =
  | { readonly kind: "keep"; readonly id: number; readonly lease: Lease }
  | { readonly kind: "stop"; readonly id: number };

/** What the thread tells the relay: that it is there, then all about the lease of an id. */
export type ToRelay =
  | { readonly kind: "ready" }
  | { readonly kind: "renewed"; readonly id: number; readonly askedMs: number }
  | { readonly kind: "failed"; readonly id: number }
  | { readonly kind: "lost"; readonly id: number; readonly why: string }
  | { readonly kind: "stopped"; readonly id: number };
