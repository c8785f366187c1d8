import type { Value } from "@outgraph/events";
import {
  type Constraint,
  clearIndexCypher,
  constraintCypher,
  indexCypher,
  labelsBesideCypher,
  type RangeIndex,
  STUB_LABEL,
} from "@outgraph/graph-plan";
import type { Transaction } from "neo4j-driver";
import { CallFailed } from "../../call-failed.ts";
import type { Journal } from "../../journal.ts";
import { LANE } from "../../lane.ts";
import type { Claim, Committed, FenceAnswer, GraphPort, PlannedBatch } from "../../ports.ts";
import { translated, translatedWait } from "./asking.ts";
import { Connection, type Neo4jOptions, type Transactions } from "./connection.ts";
import { fence } from "./fence.ts";
import { ADVANCE, journalOf, LOCK_LANE, READ_RING, RING_SLOTS, slotOf } from "./journal-cypher.ts";
import { duplicatesCypher, duplicateText, HAS_CONSTRAINT, HAS_INDEX } from "./schema-cypher.ts";
import { driverValue } from "./values.ts";

/** A constraint over a large graph takes its time, and holds no lane's lock: ten minutes. */
const SCHEMA_MS_MAX = 600_000;

/** Looking for keys that are there twice reads every node of a label: a minute. */
const DUPLICATES_MS_MAX = 60_000;

const ALL_LABELS = "CALL db.labels() YIELD label RETURN collect(label) AS labels";

const INDEX_IN_THE_WAY = "Neo.ClientError.Schema.IndexAlreadyExists";

/** Neo4j keeps the number of nodes of each label, and reads it from there. */
const COUNT_STUBS = `MATCH (n:${STUB_LABEL}) RETURN count(n) AS stubs`;

/** How long that may take, in milliseconds. */
const COUNT_MS_MAX = 2_000;

/** The graph in Neo4j. Connects when first asked, and again whenever it has to. */
export class Neo4jGraph implements GraphPort {
  readonly encode: (value: Value) => unknown = driverValue;
  readonly #connection: Transactions;

  /** @param where where it is, or what runs transactions on it. */
  constructor(where: Neo4jOptions | Transactions) {
    this.#connection = "uri" in where ? new Connection(where) : where;
  }

  async fence(claim: Claim): Promise<FenceAnswer> {
    try {
      const said = { app: "outgraph-relay", does: "fence", epoch: claim.epoch };
      const { result, bookmark } = await this.#connection.transaction(
        (tx) => fence(tx, claim),
        said,
      );
      return result.kind === "taken" ? { ...result, bookmark } : result;
    } catch (error) {
      throw translatedWait(error);
    }
  }

  async commit(batch: PlannedBatch): Promise<Committed> {
    const { epoch, number } = batch;
    const said = { app: "outgraph-relay", does: "batch", epoch, batch: number };
    try {
      const { bookmark } = await this.#connection.transaction((tx) => applyBatch(tx, batch), said);
      return { bookmark };
    } catch (error) {
      throw translated(error);
    }
  }

  async readJournal(): Promise<Journal | undefined> {
    const said = { app: "outgraph-relay", does: "journal" };
    try {
      const { result } = await this.#connection.transaction(readJournal, said);
      return result;
    } catch (error) {
      throw translatedWait(error);
    }
  }

  async ensureConstraint(constraint: Constraint): Promise<void> {
    const cypher = constraintCypher(constraint);
    const clearing = clearIndexCypher(constraint);
    try {
      await this.#changeSchema(cypher);
    } catch (error) {
      const failed = translatedWait(error, cypher);
      // An index that was made for matching by this property stands in the constraint's way.
      if (failed.failure.code !== INDEX_IN_THE_WAY || clearing === undefined) {
        throw await this.#noConstraint(constraint, failed);
      }
      try {
        await this.#changeSchema(clearing);
        await this.#changeSchema(cypher);
      } catch (again) {
        throw await this.#noConstraint(constraint, translatedWait(again, cypher));
      }
    }
  }

  hasConstraint({ labelOrType, properties }: Constraint): Promise<boolean> {
    return this.#look(HAS_CONSTRAINT, { label: labelOrType, properties });
  }

  hasIndex({ kind, labelOrType, property }: RangeIndex): Promise<boolean> {
    const entity = kind === "node" ? "NODE" : "RELATIONSHIP";
    return this.#look(HAS_INDEX, { entity, labelOrType, property });
  }

  async labelsBeside(label: string): Promise<readonly string[]> {
    try {
      return await this.#labels(labelsBesideCypher(label));
    } catch (error) {
      const failed = translated(error);
      if (failed.kind !== "too_big") throw failed;
      return await this.#labels(ALL_LABELS).catch((again: unknown) => {
        throw translatedWait(again, ALL_LABELS);
      });
    }
  }

  async countStubs(): Promise<number> {
    try {
      const said = { app: "outgraph-relay", does: "count" };
      const { result } = await this.#connection.transaction(
        (tx) => tx.run<{ stubs: bigint }>(COUNT_STUBS),
        said,
        COUNT_MS_MAX,
      );
      return Number(result.records[0]?.get("stubs") ?? 0);
    } catch (error) {
      throw translatedWait(error, COUNT_STUBS);
    }
  }

  async ensureIndex(index: RangeIndex): Promise<void> {
    const cypher = indexCypher(index);
    try {
      await this.#changeSchema(cypher);
    } catch (error) {
      throw translatedWait(error, cypher);
    }
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  async #labels(cypher: string): Promise<readonly string[]> {
    const said = { app: "outgraph-relay", does: "labels" };
    const { result } = await this.#connection.transaction(
      (tx) => tx.run<{ labels: string[] }>(cypher),
      said,
    );
    return result.records[0]?.get("labels") ?? [];
  }

  async #look(cypher: string, params: Record<string, unknown>): Promise<boolean> {
    const said = { app: "outgraph-relay", does: "schema" };
    try {
      const { result } = await this.#connection.transaction(
        (tx) => tx.run<{ there: boolean }>(cypher, params),
        said,
      );
      return result.records[0]?.get("there") === true;
    } catch (error) {
      throw translatedWait(error, cypher);
    }
  }

  /** Why a constraint cannot be made, naming what stands in its way. */
  async #noConstraint(constraint: Constraint, failed: CallFailed): Promise<CallFailed> {
    if (failed.kind === "transient") return failed;
    const { failure, cypher } = failed;
    const { labelOrType, properties } = constraint;
    const twice = await this.#duplicates(constraint);
    const why =
      twice.length === 0
        ? failure.message
        : `There is more than one node of ${twice.join(", of ")}: merge or delete them, then start ` +
          `the relay again. ${failure.message}`;
    const message =
      `no uniqueness constraint can be made for ${labelOrType} by ${properties.join(", ")}, ` +
      `without which nothing is merged by that key. ${why}`;
    return new CallFailed({ ...failure, kind: "unknown", message }, cypher);
  }

  /** A few keys that are there twice; none when that cannot be told. */
  async #duplicates(constraint: Constraint): Promise<string[]> {
    const said = { app: "outgraph-relay", does: "schema" };
    const cypher = duplicatesCypher(constraint);
    try {
      const { result } = await this.#connection.transaction(
        (tx) => tx.run<{ key: (string | null)[]; nodes: bigint }>(cypher),
        said,
        DUPLICATES_MS_MAX,
      );
      return result.records.map((record) => duplicateText(constraint, record.toObject()));
    } catch {
      return []; // the halt says why the constraint failed all the same
    }
  }

  async #changeSchema(cypher: string): Promise<void> {
    const said = { app: "outgraph-relay", does: "schema" };
    await this.#connection.transaction(
      async (tx) => {
        await tx.run(cypher);
        await tx.commit();
      },
      said,
      SCHEMA_MS_MAX,
    );
  }
}

async function applyBatch(tx: Transaction, batch: PlannedBatch): Promise<void> {
  const { epoch, number, entries, plan } = batch;
  // All are sent before any answer is awaited: one round trip, not one for each. The journal comes
  // first, so a stale batch fails before it writes anything.
  const journal = tx.run<{ batch: bigint }>(ADVANCE, {
    lane: BigInt(LANE),
    epoch,
    batch: number,
    slot: slotOf(number),
    entryIds: entries,
  });
  const statements = plan.statements.map(({ cypher, params }) => ({
    cypher,
    result: tx.run(cypher, params),
  }));
  const advanced = await journal.catch((error: unknown) => {
    throw refused(error);
  });
  // Without the lane there is no row, and no failure either.
  if (advanced.records[0]?.get("batch") !== number) throw refused(undefined);
  for (const { cypher, result } of statements) {
    await result.catch((error: unknown) => {
      throw translated(error, cypher);
    });
  }
  await tx.commit();
}

/** The journal did not take the batch. Reading it tells why. */
function refused(error: unknown): CallFailed {
  const failed = translatedWait(error ?? new Error("the lane is not there"), ADVANCE);
  if (failed.kind === "transient") return failed;
  return new CallFailed({
    kind: "fenced",
    code: "JournalRefused",
    message: `the journal refused the batch: ${failed.message}`,
    cause: error,
  });
}

async function readJournal(tx: Transaction): Promise<Journal | undefined> {
  const locked = await tx.run<{ epoch: bigint; batch: bigint }>(LOCK_LANE, { lane: BigInt(LANE) });
  const lane = locked.records[0]?.toObject();
  if (lane === undefined) return undefined;
  const ring = await tx.run<{ batch: bigint; entries: string[] }>(READ_RING, { slots: RING_SLOTS });
  return journalOf(
    lane,
    ring.records.map((record) => record.toObject()),
  );
}
