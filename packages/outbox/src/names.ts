/** The collections of an outbox. They live in one database, by default the application's own. */
export const COLLECTION = {
  entries: "outbox",
  acks: "outbox_acks",
  parked: "outbox_parked",
  meta: "outbox_meta",
} as const;

/** The single documents of `outbox_meta`. */
export const META_ID = {
  outbox: "outbox",
  lease: "lease",
  settled: "settled",
  purge: "purge",
  backlog: "backlog",
  pause: "pause",
  reapplying: "reapplying",
} as const;

/** The version of everything stored here. A newer one is refused, never guessed at. */
export const FORMAT = 1;

/** How long entries and acks are kept after the ack, in milliseconds: seven days. */
export const RETENTION_MS_DEFAULT: number = 7 * 24 * 60 * 60 * 1000;
