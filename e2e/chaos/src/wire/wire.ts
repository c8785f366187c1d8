import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startRunners } from "@outgraph/contract/runners";
import type { Servers } from "../truth/index.ts";
import type { CodeMet } from "./code-met.ts";
import { KINDS } from "./kinds.ts";
import { meetMongoCodes, mongoCodesNamed } from "./mongo-codes.ts";
import { meetNeo4jFailures } from "./neo4j-codes.ts";
import { PLACES, type Place, PURGE_PLACES } from "./places.ts";
import { judged, type Play, startPlay } from "./play.ts";
import { polyglot } from "./polyglot.ts";
import { scenario } from "./scenario.ts";
import { type StageOptions, setStage } from "./stage.ts";

/** The parts of a run. */
export const PARTS = ["faults", "codes", "languages"] as const;
export type Part = (typeof PARTS)[number];

export interface WireOptions {
  readonly parts: readonly Part[];
  /** Places and kinds, or codes of MongoDB, whose names contain these. */
  readonly place: string;
  readonly kind: string;
  /** Ambiguous calls of each writer and client. */
  readonly calls: number;
  readonly seed: number;
}

/** What a run found. */
export interface Found {
  /** Faults that happened, by what they were. */
  readonly fired: ReadonlyMap<string, number>;
  /** Everything that did not hold, also a fault that did not happen. */
  readonly violations: readonly string[];
}

type OnServers = Omit<Servers, "database">;

/** Runs the parts one after another on these servers, whose graph it empties. */
export async function wire(
  servers: OnServers,
  options: WireOptions,
  say: (text: string) => void = () => {},
): Promise<Found> {
  const run = new Run(servers, options, say);
  if (options.parts.includes("faults")) {
    await run.faults(PLACES);
    await run.faults(PURGE_PLACES, PURGING);
  }
  if (options.parts.includes("codes")) await run.codes();
  if (options.parts.includes("languages")) await run.languages();
  return run;
}

/** Relays that keep what was applied for twenty seconds: less than a user may say. */
const PURGING: StageOptions = {
  script: fileURLToPath(
    new URL("../../../../services/relay/src/test/crashing-relay.ts", import.meta.url),
  ),
  env: { OUTGRAPH_TEST_RETENTION_HOURS: String(20 / 3_600) },
};

/** Long, so that a busy machine loses none: an epoch that grows means that somebody stepped down. */
const PATIENT: StageOptions = { env: { OUTGRAPH_LEASE_TTL_MS: "10000" } };

class Run implements Found {
  readonly fired = new Map<string, number>();
  readonly violations: string[] = [];
  readonly #servers: OnServers;
  readonly #options: WireOptions;
  readonly #say: (text: string) => void;

  constructor(servers: OnServers, options: WireOptions, say: (text: string) => void) {
    this.#servers = servers;
    this.#options = options;
    this.#say = say;
  }

  /** Every kind of fault at each of these places, judged place by place. */
  async faults(places: readonly Place[], stage: StageOptions = {}): Promise<void> {
    const { place: placeName, kind: kindName, seed } = this.#options;
    const kinds = KINDS.filter(({ name }) => name.includes(kindName));
    let left = places.filter(({ name }) => name.includes(placeName));
    while (left.length > 0) {
      await using play = await startPlay(this.#own(), seed, stage);
      let sound = true;
      for (; sound && left[0] !== undefined; left = left.slice(1)) {
        const [place] = left;
        for (const kind of kinds) {
          const what = `${kind.name} at "${place.name}"`;
          const { fired, wrong } = await scenario(play, place, kind);
          if (fired) this.#count(kind.name);
          else wrong.push("it did not happen");
          sound &&= this.#note(what, wrong);
        }
        // A graph that is wrong would be so at every later place: those have another.
        sound &&= await this.#judge(`after "${place.name}"`, play);
        this.#say(`${place.name}: ${kinds.length} kinds of fault`);
      }
    }
  }

  /** Every code of the tables, wherever it can occur. */
  async codes(): Promise<void> {
    await using play = await startPlay(this.#own(), this.#options.seed, PATIENT);
    const note = (of: string) => (met: CodeMet) => {
      const what = `${met.code} at "${met.place}"`;
      const missing = met.fired ? [] : ["it was not said"];
      if (met.fired) this.#count(`${of} code`);
      this.#note(what, [...met.wrong, ...missing]);
      this.#say(what);
    };
    const { kind } = this.#options;
    await meetMongoCodes(play, mongoCodesNamed(kind), note("MongoDB"));
    await this.#judge("after MongoDB's codes", play);
    if (kind !== "") return;
    await meetNeo4jFailures(play, undefined, note("Neo4j"));
    await this.#judge("after Neo4j's codes", play);
  }

  /** Writers and clients of every language, whose answers are lost. */
  async languages(): Promise<void> {
    await using made = new AsyncDisposableStack();
    const folder = await mkdtemp(join(tmpdir(), "outgraph-wire-"));
    made.defer(() => rm(folder, { recursive: true, force: true }));
    const runners = made.use(await startRunners(folder, this.#say));
    const stage = made.use(await setStage(this.#own(), { relays: 1 }));
    await polyglot(stage, runners, this.#options.calls, (told) => {
      this.#count("ambiguous call", told.calls);
      this.#note(told.who, told.wrong);
      this.#say(`${told.who}: ambiguous calls ${told.calls}, duplicates ${told.duplicates}`);
    });
  }

  async #judge(when: string, play: Play): Promise<boolean> {
    const { violations } = await judged(play);
    return this.#note(
      when,
      violations.map(({ invariant, what, entry }) =>
        [invariant, entry, what].filter((each) => each !== undefined).join(": "),
      ),
    );
  }

  #note(where: string, wrong: readonly string[]): boolean {
    for (const what of wrong) {
      this.violations.push(`${where}: ${what}`);
      this.#say(`VIOLATED ${where}: ${what}`);
    }
    return wrong.length === 0;
  }

  #count(what: string, by = 1): void {
    this.fired.set(what, (this.fired.get(what) ?? 0) + by);
  }

  #own(): Servers {
    return { ...this.#servers, database: `wire_${crypto.randomUUID().slice(0, 8)}` };
  }
}
