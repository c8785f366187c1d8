import type { Refusal } from "../../refusal.ts";

/** Carries a refusal out of a transaction, which it aborts. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.kind);
    this.refusal = refusal;
  }
}
