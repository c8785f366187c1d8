import { create, equals, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import {
  type AppendRequest,
  AppendRequestSchema,
  canonicalBytes,
  type EntryId,
  EntrySchema,
  entryIdFor,
} from "@outgraph/events";
import { startProxy, type WireProxy } from "@outgraph/stack";
import { type Column, collectionOf } from "./columns.ts";
import type { Grounds, Place } from "./grounds.ts";
import type { Call, ClientSpec } from "./outcome.ts";
import { appendRequest, type Said } from "./request.ts";
import type { Runner } from "./runner.ts";
import { inWords } from "./words.ts";

/** How a call is made, where it is not the usual way. */
export interface Way {
  /** Default "live". */
  readonly to?: Place | WireProxy;
  readonly timeoutMs?: number;
  readonly attemptTimeoutMs?: number;
  readonly delayMsMin?: number;
  readonly token?: string;
}

/**
 * Where one column plays the script: every call goes out in its language and protocol, and comes back
 * in the words of the table. Ids and collection are the column's own.
 */
export class Stage {
  readonly grounds: Grounds;
  readonly column: Column;
  /** For documents; made before the play. */
  readonly collection: string;
  readonly #runner: Runner;
  readonly #startedAt = new Date();

  constructor(grounds: Grounds, column: Column, runner: Runner) {
    this.grounds = grounds;
    this.column = column;
    this.collection = collectionOf(column);
    this.#runner = runner;
  }

  /** The id of what the script calls by this name. */
  id(name: string, time: Date = this.#startedAt): EntryId {
    return entryIdFor(time, `${this.collection}/${name}`);
  }

  /** Appends under the id of that name, or under one given. */
  async append(
    name: string | { id: EntryId },
    said: Said & { readonly textBytes?: number } = {},
    way: Way = {},
  ): Promise<string> {
    const id = typeof name === "string" ? this.id(name) : name.id;
    return await this.send(appendRequest(id, said), way, said.textBytes);
  }

  /**
   * Sends a request as it is.
   *
   * @param textBytes how long a text the node that it makes is given.
   */
  async send(request: AppendRequest, way: Way = {}, textBytes = 0): Promise<string> {
    const id = request.entry?.id ?? "";
    const client = this.client(way);
    const call = { kind: "append", client, request: encoded(request), textBytes } as const;
    return inWords(await this.#runner.ask(call), { id });
  }

  async appendMany(requests: readonly AppendRequest[], way: Way = {}): Promise<string> {
    return await this.#ask({
      kind: "append_many",
      client: this.client(way),
      requests: requests.map(encoded),
    });
  }

  /** Reads an entry. @param expected what was appended under that id, if anything was. */
  async getEntry(id: EntryId, expected?: AppendRequest, way: Way = {}): Promise<string> {
    const call = { kind: "get_entry", client: this.client(way), id } as const;
    const isAsAppended = (bytes: string): boolean =>
      expected?.entry === undefined || sameContent(bytes, expected);
    return inWords(await this.#runner.ask(call), { isAsAppended });
  }

  async waitApplied(ids: readonly EntryId[], timeoutMs: number, way: Way = {}): Promise<string> {
    const client = this.client(way);
    const words = await this.#ask({ kind: "wait_applied", client, ids: [...ids], timeoutMs });
    return ids.includes(this.grounds.standing.blocked)
      ? words.replaceAll(this.grounds.standing.parked, "the parked one")
      : words;
  }

  async close(way: Way): Promise<string> {
    return await this.#ask({ kind: "close", client: this.client(way) });
  }

  /** A wire to the live service that can be treated badly. */
  async wire(): Promise<WireProxy> {
    return await startProxy({ target: new URL(this.grounds.urls.live).host });
  }

  client({ to = "live", ...way }: Way): ClientSpec {
    const { protocol, asyncio } = this.column;
    const url = typeof to === "string" ? this.grounds.urls[to] : `http://${to.address}`;
    return {
      name: this.collection,
      url,
      protocol,
      ...(asyncio !== undefined && { asyncio }),
      ...(way.token !== undefined && { token: way.token }),
      timeoutMs: way.timeoutMs ?? 60_000,
      attemptTimeoutMs: way.attemptTimeoutMs ?? 30_000,
      delayMsMin: way.delayMsMin ?? 50,
    };
  }

  async #ask(call: Call): Promise<string> {
    return inWords(await this.#runner.ask(call));
  }
}

/** Whether an entry read back has the events, partition and id that were sent. */
function sameContent(bytes: string, { entry }: AppendRequest): boolean {
  const stored = fromBinary(EntrySchema, Buffer.from(bytes, "base64"));
  const plain = (of: MessageInitShape<typeof EntrySchema>) => {
    const copy = create(EntrySchema, { ...of, source: "" });
    for (const event of copy.events) delete event.occurredAt;
    return fromBinary(EntrySchema, canonicalBytes(EntrySchema, copy));
  };
  return entry !== undefined && equals(EntrySchema, plain(stored), plain(entry));
}

function encoded(request: AppendRequest): string {
  return Buffer.from(toBinary(AppendRequestSchema, request)).toString("base64");
}
