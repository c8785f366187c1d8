/**
 * An entry that can never be applied by this version. It passed the checks of an append that was
 * newer or broken; `cause` says what is wrong.
 */
export class EntryRefused extends Error {
  override readonly name = "EntryRefused";
  readonly entryId: string;
  /** Which mutation, such as `events[0].mutations[2]`. */
  readonly field: string;

  constructor(entryId: string, field: string, cause: Error) {
    super(`entry ${entryId}: ${field}: ${cause.message}`, { cause });
    this.entryId = entryId;
    this.field = field;
  }
}
