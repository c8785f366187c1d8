import { create } from "@bufbuild/protobuf";
import { type EntryId, EntrySchema, entryIdTime } from "@outgraph/events";
import type { EntryProgress, StoredEntry } from "@outgraph/outbox";
import { Timestamp } from "bson";
import type { EntryStates, KnownEntry, KnownProgress, StateListener } from "../ports.ts";

/** States of entries in memory, with a stream that tests may lose. */
export class MemoryEntryStates implements EntryStates {
  readonly #stored = new Map<EntryId, StoredEntry>();
  readonly #progress = new Map<EntryId, EntryProgress>();
  #listener: StateListener | undefined;
  #streaming = false;
  #emptied = false;
  /** How often `progress` was asked. */
  asked = 0;
  /** In milliseconds. */
  purgeHorizon = -1;
  /** Thrown by the next `progress`, once. */
  failure: Error | undefined;
  /** Called before each `progress` answers, so that a test can let something happen in between. */
  before: () => void = () => undefined;

  store(id: EntryId): void {
    const entry = create(EntrySchema, { id, source: "test" });
    const at = new Timestamp({ t: 1, i: this.#stored.size + 1 });
    this.#stored.set(id, { id, at, entry, bytes: 1, digest: new Uint8Array(32) });
    this.#progress.set(id, { state: "pending" });
  }

  /** The relay decides; the stream tells it, if there is one. */
  decide(ids: readonly EntryId[], progress: EntryProgress): void {
    for (const id of ids) this.#progress.set(id, progress);
    if (!this.#streaming) return;
    const byPerson = progress.state === "parked" || progress.state === "blocked";
    if (byPerson) this.#listener?.recheck(ids);
    else this.#listener?.decided(ids, progress);
  }

  /** The graph was emptied, or has caught up again: until then nothing is applied. */
  set emptied(emptied: boolean) {
    this.#emptied = emptied;
    if (this.#streaming) this.#listener?.recheckAll();
  }

  purge(id: EntryId): void {
    this.#stored.delete(id);
    this.#progress.delete(id);
  }

  loseStream(): void {
    this.#streaming = false;
    this.#listener?.lost(new Error("the stream was lost"));
  }

  openStream(): void {
    this.#streaming = true;
    this.#listener?.opened();
  }

  find(id: EntryId): Promise<KnownEntry | undefined> {
    const entry = this.#stored.get(id);
    return Promise.resolve(
      entry && { entry, progress: this.#progress.get(id) ?? { state: "pending" } },
    );
  }

  async progress(ids: readonly EntryId[]): Promise<ReadonlyMap<EntryId, KnownProgress>> {
    this.asked += 1;
    const { failure } = this;
    this.failure = undefined;
    if (failure !== undefined) throw failure;
    const known = new Map(ids.map((id) => [id, this.#known(id)] as const));
    this.before();
    await Promise.resolve();
    return known;
  }

  watch(listener: StateListener, signal: AbortSignal): Promise<void> {
    this.#listener = listener;
    this.openStream();
    return new Promise((resolve) => {
      const end = (): void => {
        this.#listener = undefined;
        resolve();
      };
      if (signal.aborted) end();
      else signal.addEventListener("abort", end, { once: true });
    });
  }

  #known(id: EntryId): KnownProgress {
    const known = this.#progress.get(id);
    if (known?.state === "applied" && this.#emptied) return { state: "pending" };
    if (known !== undefined) return known;
    return { state: entryIdTime(id) <= this.purgeHorizon ? "not_found" : "unseen" };
  }
}
