import { decodeEntry, type Entry, type EntryId, unsupportedMutations } from "@outgraph/events";
import { SUPPORTED_MUTATIONS } from "@outgraph/graph-plan";
import { FORMAT } from "@outgraph/outbox";
import { traceParentOf } from "@outgraph/telemetry";
import type { At } from "./at.ts";
import { Halt } from "./ended.ts";
import type { CommitTime, PendingEntry, StoredEntry } from "./pending-entry.ts";

/**
 * The entry that was stored.
 *
 * @throws Halt when this version cannot read all of it: an entry is never applied in part, nor given
 *   up because the relay is too old for it.
 */
export function decode(stored: StoredEntry, committed: CommitTime): PendingEntry {
  const { id, version } = stored;
  if (version !== FORMAT) {
    throw new Halt(
      `entry ${id} has format ${version}, and this relay reads format ${FORMAT}: upgrade the relay`,
    );
  }
  const decoded = new DecodedEntry(stored, committed);
  const [unsupported] = unsupportedMutations(decoded.entry, SUPPORTED_MUTATIONS);
  if (unsupported !== undefined) {
    throw new Halt(
      `entry ${id} holds a mutation that this relay does not know (${unsupported.field}): upgrade the relay`,
    );
  }
  return decoded;
}

class DecodedEntry implements PendingEntry {
  readonly id: EntryId;
  readonly at: At;
  readonly bytes: number;
  readonly rows: number;
  readonly committed: CommitTime;
  readonly trace: string | undefined;
  readonly #stored: StoredEntry;
  #entry: Entry | undefined;

  constructor(stored: StoredEntry, committed: CommitTime) {
    this.id = stored.id;
    this.at = stored.at;
    this.bytes = stored.body.length;
    this.committed = committed;
    this.trace = traceParentOf(stored.trace);
    this.#stored = stored;
    let mutations = 0;
    for (const event of this.entry.events) mutations += event.mutations.length;
    this.rows = Math.max(1, mutations);
  }

  get entry(): Entry {
    this.#entry ??= bodyOf(this.#stored);
    return this.#entry;
  }

  forget(): void {
    this.#entry = undefined;
  }
}

function bodyOf({ id, body }: StoredEntry): Entry {
  try {
    return decodeEntry(body);
  } catch (cause) {
    throw new Halt(`the body of entry ${id} cannot be read: somebody changed it`, { cause });
  }
}
