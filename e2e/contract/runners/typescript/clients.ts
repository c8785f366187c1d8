import { fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  type Appended,
  type AppendInput,
  createOutgraphClient,
  type OutgraphClient,
  OutgraphError,
  type StoredEntry,
  type Waited,
  type WriteResult,
} from "@outgraph/client";
import { AppendRequestSchema, EntrySchema, toValue } from "@outgraph/events";
import { EJSON } from "bson";
import type * as said from "../../src/outcome.ts";

type ClientCall = Exclude<said.Call, { kind: "transact" }>;

/** Clients by what they are made of. */
export class Clients {
  readonly #open = new Map<string, OutgraphClient>();

  async call(call: ClientCall): Promise<said.Outcome> {
    const client = this.#client(call.client);
    try {
      switch (call.kind) {
        case "append":
          return committed(await client.append(inputOf(call.request, call.textBytes)));
        case "append_many": {
          const results = await client.appendMany(call.requests.map((each) => inputOf(each)));
          const many = results.map((each) =>
            each instanceof OutgraphError ? failed(each) : committed(each),
          );
          return { kind: "many", many };
        }
        case "get_entry":
          return found(await client.getEntry(call.id));
        case "wait_applied":
          return waited(await client.waitApplied(call.ids, { timeoutMs: call.timeoutMs }));
        case "close":
          client.close();
          return { kind: "closed" };
      }
    } catch (error) {
      if (error instanceof OutgraphError) return failed(error);
      throw error;
    }
  }

  close(): void {
    for (const client of this.#open.values()) client.close();
  }

  #client(spec: said.ClientSpec): OutgraphClient {
    const key = JSON.stringify(spec);
    const known = this.#open.get(key);
    if (known !== undefined) return known;
    const { url, protocol, timeoutMs, attemptTimeoutMs, delayMsMin, token } = spec;
    const made = createOutgraphClient({
      url,
      source: "typescript",
      protocol,
      timeoutMs,
      attemptTimeoutMs,
      retries: { delayMsMin, delayMsMax: Math.max(delayMsMin, 5_000) },
      ...(token !== undefined && { token }),
    });
    this.#open.set(key, made);
    return made;
  }
}

function inputOf(request: string, textBytes = 0): AppendInput {
  const { entry, writes } = fromBinary(AppendRequestSchema, Buffer.from(request, "base64"));
  if (entry === undefined) throw new TypeError("a request without an entry");
  const { id, partition, events } = entry;
  const [first] = events[0]?.mutations ?? [];
  if (textBytes > 0 && first?.kind.case === "mergeNode") {
    first.kind.value.set["text"] = toValue("x".repeat(textBytes));
  }
  return {
    ...(id !== "" && { id }),
    partition,
    writes,
    events: events.map(({ type, mutations, payload }) => ({
      type,
      mutations,
      ...(payload !== undefined && { payload }),
    })),
  };
}

function committed({ entryId, replayed, documents }: Appended): said.Outcome {
  return {
    kind: "committed",
    committed: { entryId, replayed, documents: documents.map(writeResult) },
  };
}

function found({ entry, state, reason, documents }: StoredEntry): said.Outcome {
  const bytes = Buffer.from(toBinary(EntrySchema, entry)).toString("base64");
  return {
    kind: "entry",
    entry: { bytes, state, reason: reason ?? "", documents: documents.map(writeResult) },
  };
}

function waited({ entries, bookmarks }: Waited): said.Outcome {
  return {
    kind: "waited",
    waited: {
      entries: entries.map(({ id, state, reason, ackedAt }) => ({
        id,
        state,
        reason: reason ?? "",
        acked: ackedAt !== undefined,
      })),
      bookmarks: bookmarks.length,
    },
  };
}

function writeResult({ inserted, matched, modified, deleted, id }: WriteResult): said.WriteResult {
  return {
    inserted,
    matched,
    modified,
    deleted,
    id: id === undefined ? null : EJSON.stringify({ _id: id }, { relaxed: false }),
  };
}

function failed(error: OutgraphError): said.Outcome {
  return {
    kind: "failed",
    failed: {
      // `FailedPreconditionError` → `FAILED_PRECONDITION`
      code: error.constructor.name
        .replace(/Error$/, "")
        .replace(/(?<!^)[A-Z]/g, "_$&")
        .toUpperCase(),
      said: error.code,
      fields: error.fieldViolations.map(({ field }) => field),
      retryAfterMs: error.retryAfterMs ?? null,
      entryId: error.entryId ?? null,
      attempts: error.attempts,
    },
  };
}
