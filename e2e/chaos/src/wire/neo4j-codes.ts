import { classifyNeo4j, type FailureKind } from "@outgraph/failure";
import { NEO4J_CODES, NEO4J_GROUPS, NEO4J_MESSAGES, STATUS_CODES } from "@outgraph/failure/test";
import { boltFailure, type Match, waitUntil } from "@outgraph/stack";
import type { CodeMet } from "./code-met.ts";
import { type Response, releaseAll, respondsBy } from "./expect.ts";
import type { Play } from "./play.ts";
import { owner, PATIENCE_MS } from "./stage.ts";
import { armOnce } from "./wires.ts";

/** A failure as a server says it. */
export interface Neo4jFailure {
  readonly code: string;
  readonly message: string;
}

const SAID = "said in the server's place";

/** Every code that the table knows, or that a server can send, and one that only its group tells. */
export const NEO4J_FAILURES: readonly Neo4jFailure[] = [
  ...[
    ...new Set([
      ...Object.keys(NEO4J_CODES),
      ...Object.values(STATUS_CODES).flat(),
      ...NEO4J_GROUPS.map(
        ({ prefix }) => `${prefix}${prefix.split(".").length < 4 ? "Future." : ""}Thing`,
      ),
    ]),
  ]
    .filter((code) => code.startsWith("Neo.")) // others are the driver's own: no server says them
    .map((code) => ({ code, message: SAID })),
  ...NEO4J_MESSAGES.filter(({ code }) => code.startsWith("Neo.")).map(({ code }) => ({
    code,
    message: "Property value is too large to index, please see index documentation",
  })),
];

interface Spot {
  readonly name: string;
  readonly match: Match;
  readonly response: Readonly<Record<FailureKind, Response>>;
  /** Makes the request happen, where an entry alone does not. */
  readonly provoke?: (play: Play) => Promise<unknown>;
}

/** What a failure of the batch itself is answered by. */
const OF_A_BATCH = {
  transient: "retried",
  too_big: "retried", // the smallest there is, so it is tried a few times
  poison: "parked",
  unknown: "halted",
  fenced: "goes on",
  history_moved: "halted",
} as const;

const advances = (cypher: string): boolean => cypher.includes("SET lane.batch = lane.batch + one");

const SPOTS: readonly Spot[] = [
  {
    name: "statement of a batch",
    match: ({ name, subject }) => name === "RUN" && subject.includes("ChaosCanary"),
    response: OF_A_BATCH,
  },
  {
    name: "COMMIT of a batch",
    match: ({ name, transaction }) => name === "COMMIT" && transaction.some(advances),
    response: OF_A_BATCH,
  },
  {
    // What does not pass is taken for the server's refusal of a stale batch: it starts anew.
    name: "journal of a batch",
    match: ({ name, subject }) => name === "RUN" && advances(subject),
    response: {
      transient: "retried",
      too_big: "retried",
      poison: "goes on",
      unknown: "goes on",
      fenced: "goes on",
      history_moved: "goes on",
    },
  },
];

/** What only a start asks; each costs one. */
export const START_SPOT: Spot = {
  name: "fence",
  match: ({ name, subject }) => name === "RUN" && subject.includes("OutgraphOutbox"),
  response: {
    transient: "goes on",
    too_big: "goes on",
    poison: "halted",
    unknown: "halted",
    fenced: "goes on",
    history_moved: "halted",
  },
  provoke: async ({ stage }) => await (await owner(stage)).process.restart(),
};

/** One failure of each kind: for what costs much. */
export const ONE_OF_EACH: readonly Neo4jFailure[] = [
  "Neo.TransientError.Transaction.DeadlockDetected",
  "Neo.TransientError.General.MemoryPoolOutOfMemoryError",
  "Neo.ClientError.Schema.ConstraintValidationFailed",
  "Neo.DatabaseError.General.UnknownError",
].map((code) => ({ code, message: SAID }));

/**
 * Answers each request of the batch with each failure, once, in the server's place.
 *
 * @param atStarts which failures a start's own requests are answered with.
 */
export async function meetNeo4jFailures(
  play: Play,
  failures: readonly Neo4jFailure[] = NEO4J_FAILURES,
  onMet: (met: CodeMet) => void = () => {},
  atStarts: readonly Neo4jFailure[] = ONE_OF_EACH,
): Promise<readonly CodeMet[]> {
  const all: CodeMet[] = [];
  const meet = async (spot: Spot, failure: Neo4jFailure): Promise<void> => {
    const met = await meetOne(play, spot, failure);
    all.push(met);
    onMet(met);
  };
  for (const failure of failures) {
    // A halt costs a restart: those that nothing tells apart are met in one place.
    const halts = kindOf(failure) === "unknown" && !ONE_OF_EACH.includes(failure);
    for (const spot of halts ? SPOTS.slice(0, 1) : SPOTS) await meet(spot, failure);
  }
  for (const failure of atStarts) await meet(START_SPOT, failure);
  return all;
}

async function meetOne(play: Play, spot: Spot, failure: Neo4jFailure): Promise<CodeMet> {
  const { stage } = play;
  const { code, message } = failure;
  const kind = kindOf(failure);
  using armed = armOnce(stage.wires["relay-neo4j"], spot.match, (_, fired) => {
    fired();
    return { answer: boltFailure(code, message) };
  });
  const fired = async (): Promise<void> => {
    await spot.provoke?.(play);
    const what = `${code} is said to the ${spot.name}`;
    await waitUntil(() => armed.hasFired, { what, timeoutMs: PATIENCE_MS, everyMs: 20 });
  };
  const wrong = await respondsBy(play, spot.response[kind], fired).catch((error: unknown) => [
    String(error),
  ]);
  await releaseAll(stage);
  return { code, place: spot.name, kind, fired: armed.hasFired, wrong };
}

function kindOf({ code, message }: Neo4jFailure): FailureKind {
  return classifyNeo4j(Object.assign(new Error(message), { name: "Neo4jError", code })).kind;
}
