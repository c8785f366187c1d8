import type { EntryId } from "@outgraph/events";
import { CallFailed } from "../call-failed.ts";
import type { BatchNumber, Epoch } from "../lane.ts";
import type {
  Aside,
  AsideCount,
  AsideEntry,
  ListedAside,
  ParkingPort,
  Pause,
  Place,
  Skipped,
} from "../parking-port.ts";
import type { MemoryOutbox } from "./memory-outbox.ts";

/** How many entries a part has: few, so that tests see more than one. */
const PART = 3;

/** Parking in an outbox in memory. */
export class MemoryParking implements ParkingPort {
  readonly skips: Map<EntryId, Skipped> = new Map();
  /** Called before each call takes effect: a test lets calls fail by throwing here. */
  before: (call: keyof ParkingPort) => void | Promise<void> = () => {};
  /** Called after each call took effect: a test loses replies by throwing here. */
  afterwards: (call: keyof ParkingPort) => void | Promise<void> = () => {};
  readonly #outbox: MemoryOutbox;
  readonly #asides = new Map<EntryId, Aside>();
  #pause: Pause | undefined;

  constructor(outbox: MemoryOutbox) {
    this.#outbox = outbox;
  }

  /** What is set aside, in the order of history. */
  get asides(): readonly Aside[] {
    return [...this.#outbox.parked]
      .map((id) => this.#asides.get(id) ?? this.#unknown(id))
      .sort((a, b) => (a.at < b.at ? -1 : 1));
  }

  /** A copy of everything, to put back later. */
  backup(): () => void {
    const [skips, asides, pause] = [new Map(this.skips), new Map(this.#asides), this.#pause];
    return () => {
      this.skips.clear();
      for (const [id, skipped] of skips) this.skips.set(id, skipped);
      this.#asides.clear();
      for (const [id, aside] of asides) this.#asides.set(id, aside);
      this.#pause = pause;
    };
  }

  setAside(epoch: Epoch, entries: readonly Aside[]): Promise<void> {
    return this.#asOwner("setAside", epoch, () => {
      for (const aside of entries) {
        this.#asides.set(aside.id, aside);
        this.#outbox.parked.add(aside.id);
        this.#outbox.onChange({ kind: "set_aside", entry: aside.id });
      }
    });
  }

  skip(epoch: Epoch, skipped: Skipped): Promise<void> {
    return this.#asOwner("skip", epoch, () => {
      if (this.skips.has(skipped.id)) return;
      this.skips.set(skipped.id, skipped);
      this.#outbox.purging.skip(skipped.id);
      this.#outbox.onChange({ kind: "skipped", entry: skipped.id });
    });
  }

  forget(epoch: Epoch, entries: readonly EntryId[]): Promise<void> {
    return this.#asOwner("forget", epoch, () => {
      for (const id of entries) {
        if (this.#outbox.parked.delete(id)) this.#outbox.onChange({ kind: "forgotten", entry: id });
      }
    });
  }

  asideAfter(
    after: Place | undefined,
    newest: readonly BatchNumber[],
  ): Promise<readonly AsideEntry[]> {
    return this.#call("asideAfter", async () => {
      const acked = new Set(newest.flatMap((batch) => this.#outbox.acks.get(batch)?.entries ?? []));
      const asides = this.#after(after).slice(0, PART);
      const stored = await this.#outbox.storedEntries(asides.map(({ id }) => id));
      const byId = new Map(stored.map((each) => [each.id, each]));
      return asides.map((aside) => ({
        aside,
        stored: byId.get(aside.id),
        decided: this.#isSkipped(aside.id) || acked.has(aside.id),
      }));
    });
  }

  listAside(after: Place | undefined, entriesMax: number): Promise<readonly ListedAside[]> {
    return this.#call("listAside", () =>
      this.#after(after)
        .slice(0, entriesMax)
        .map((aside) => ({ ...aside, source: "test" })),
    );
  }

  countAside(): Promise<AsideCount> {
    return this.#call("countAside", () => {
      const parked = this.asides.filter(({ kind }) => kind === "parked").length;
      return { parked, blocked: this.asides.length - parked };
    });
  }

  pause(): Promise<Pause | undefined> {
    return this.#call("pause", () => this.#pause);
  }

  setPause(epoch: Epoch, pause: Pause | undefined): Promise<void> {
    return this.#asOwner("setPause", epoch, () => {
      this.#pause = pause;
    });
  }

  leaseHolder(): Promise<string> {
    return this.#call("leaseHolder", () => this.#outbox.lease.holder);
  }

  #after(after: Place | undefined): readonly Aside[] {
    return this.asides.filter(({ at }) => after === undefined || at > after.at);
  }

  /** By a call, or by a test. */
  #isSkipped(id: EntryId): boolean {
    return this.skips.has(id) || this.#outbox.purging.skips.some(({ entry }) => entry === id);
  }

  /** A test said that it is parked, and no more. */
  #unknown(id: EntryId): Aside {
    const at = this.#outbox.placeOf(id);
    return { id, at, kind: "parked", error: "test", attempts: 1, sinceMs: 0, behind: [] };
  }

  #asOwner(name: keyof ParkingPort, epoch: Epoch, work: () => void): Promise<void> {
    return this.#call(name, () => {
      if (epoch === this.#outbox.lease.epoch) return work();
      const message = `the lease is not under epoch ${epoch} any more`;
      throw new CallFailed({ kind: "fenced", code: "StaleEpoch", message, cause: undefined });
    });
  }

  async #call<T>(name: keyof ParkingPort, work: () => T | Promise<T>): Promise<T> {
    await this.before(name);
    const result = await work();
    await this.afterwards(name);
    return result;
  }
}
