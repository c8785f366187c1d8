/** Why an outbox cannot be used. */
export type UnusableReason =
  | "not_set_up"
  | "format_newer"
  | "standalone"
  | "not_initiated"
  | "name_taken"
  | "meta_lost";

/** The database has no outbox that can be used; the message says what to do about it. */
export class OutboxUnusable extends Error {
  override readonly name = "OutboxUnusable";
  readonly reason: UnusableReason;

  constructor(reason: UnusableReason, message: string) {
    super(message);
    this.reason = reason;
  }
}
