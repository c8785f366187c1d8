import { decodeEntry, unsupportedMutations } from "@outgraph/events";
import { SUPPORTED_MUTATIONS } from "@outgraph/graph-plan";
import { FORMAT } from "@outgraph/outbox";
import { traceParentOf } from "@outgraph/telemetry";
import { Halt } from "./ended.ts";
import type { CommitTime, PendingEntry, StoredEntry } from "./pending-entry.ts";

/**
 * The entry that was stored.
 *
 * @throws Halt when this version cannot read all of it: an entry is never applied in part, nor given
 *   up because the relay is too old for it.
 */
export function decode(stored: StoredEntry, committed: CommitTime): PendingEntry {
  const { id, at, version, body } = stored;
  if (version !== FORMAT) {
    throw new Halt(
      `entry ${id} has format ${version}, and this relay reads format ${FORMAT}: upgrade the relay`,
    );
  }
  const entry = bodyOf(stored);
  const [unsupported] = unsupportedMutations(entry, SUPPORTED_MUTATIONS);
  if (unsupported !== undefined) {
    throw new Halt(
      `entry ${id} holds a mutation that this relay does not know (${unsupported.field}): upgrade the relay`,
    );
  }
  let mutations = 0;
  for (const event of entry.events) mutations += event.mutations.length;
  const trace = traceParentOf(stored.trace);
  return { id, at, entry, bytes: body.length, rows: Math.max(1, mutations), committed, trace };
}

function bodyOf({ id, body }: StoredEntry): PendingEntry["entry"] {
  try {
    return decodeEntry(body);
  } catch (cause) {
    throw new Halt(`the body of entry ${id} cannot be read: somebody changed it`, { cause });
  }
}
