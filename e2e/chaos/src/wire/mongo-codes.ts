import type { FailureKind } from "@outgraph/failure";
import { MONGO_CODES } from "@outgraph/failure/test";
import { mongoAnswer, type WireProxy, waitUntil } from "@outgraph/stack";
import { type Appender, appendByService, appendInProcess } from "../truth/index.ts";
import type { CodeMet } from "./code-met.ts";
import { gated, isToldTruth, releaseAll, respondsBy } from "./expect.ts";
import { beyondFailPoints, type FailPoint, failOnce } from "./fail-point.ts";
import type { Play } from "./play.ts";
import { NODES, PATIENCE_MS } from "./stage.ts";
import { armOnce, uriOver, type WireName } from "./wires.ts";

/** A command that can fail with a code. */
interface Spot {
  readonly name: string;
  readonly wire: WireName;
  readonly command: string;
  readonly client: string;
  /** "" for commands that name no collection. */
  readonly collection: string;
  /** Makes the command happen, and says what was wrong with what followed. */
  readonly meet: (play: Play, kind: FailureKind, fired: Fired, code: number) => Promise<string[]>;
}

const DUPLICATE_KEY = 11_000;

type Fired = () => Promise<void>;

const ofRelay = { wire: "relay-mongodb", client: "outgraph-relay" } as const;

const passing = (kind: FailureKind) => (kind === "transient" ? "retried" : "halted");

/** In a relay: what passes is tried again under the same epoch, what does not halts it. */
const RELAY_SPOTS: readonly Spot[] = [
  {
    ...{ ...ofRelay, name: "ack", command: "insert", collection: "outbox_acks" },
    // An ack that is said to be there already is looked for, and is not.
    meet: (play, kind, fired, code) =>
      respondsBy(play, code === DUPLICATE_KEY ? "retried" : passing(kind), fired),
  },
  {
    ...{ ...ofRelay, name: "commit of a park", command: "commitTransaction", collection: "" },
    async meet(play, kind, fired) {
      const gate = `gate-${crypto.randomUUID()}`;
      const wrong = await respondsBy(play, passing(kind), fired, () => gated(play, gate));
      await play.stage.truth.makeGate(gate);
      await releaseAll(play.stage);
      return wrong;
    },
  },
  {
    // Whatever a renewal fails with, the lease stands until it runs out.
    ...{ name: "lease renewal", wire: "relay-mongodb", client: "outgraph-relay-lease" },
    ...{ command: "update", collection: "outbox_meta" },
    meet: (play, _, fired) => respondsBy(play, "retried", fired),
  },
  {
    // Whatever a stream fails with, it is opened anew, at times under another epoch: so it comes last.
    ...{ ...ofRelay, name: "getMore of the stream", command: "getMore", collection: "" },
    meet: (play, _, fired) => respondsBy(play, "goes on", fired),
  },
];

/** In whoever appends: what passes is tried again, and nobody is told a falsehood. */
function appenderSpots(
  who: "service" | "library",
  wire: WireName,
  client: string,
  appender: Appender,
): readonly Spot[] {
  const meet = (play: Play, mustCommit: boolean, fired: Fired) =>
    isToldTruth(play, appender, NODES[0] ?? "", mustCommit, fired);
  const spot = { wire, client };
  return [
    {
      ...{ ...spot, name: `look of the ${who}`, command: "aggregate" },
      collection: "outbox_meta",
      meet: (play, kind, fired) => meet(play, kind === "transient", fired),
    },
    {
      ...{ ...spot, name: `document of the ${who}`, command: "insert" },
      collection: "chaos_documents",
      meet: (play, kind, fired) => meet(play, kind === "transient", fired),
    },
    {
      ...{ ...spot, name: `entry of the ${who}`, command: "insert", collection: "outbox" },
      meet: (play, kind, fired) => meet(play, kind === "transient", fired),
    },
    {
      // Whatever a commit fails with, it is sent again.
      ...{ ...spot, name: `commitTransaction of the ${who}`, command: "commitTransaction" },
      collection: "",
      meet: (play, _, fired) => meet(play, true, fired),
    },
  ];
}

/**
 * Said to connections with a login alone (of OIDC), which those of this stage are not: the driver answers
 * it by itself with a login, and throws on a connection without one (seen with the driver 7.9).
 */
const REAUTHENTICATION_REQUIRED = 391;

/** Codes of the table whose names contain this, of those that a server says here. */
export function mongoCodesNamed(text: string): number[] {
  const codes = Object.keys(MONGO_CODES).map(Number);
  return codes.filter(
    (code) => code !== REAUTHENTICATION_REQUIRED && MONGO_CODES[code]?.name.includes(text) === true,
  );
}

/** Lets each command fail with each of these codes, once, and sees that what follows is what its kind says. */
export async function meetMongoCodes(
  play: Play,
  codes: readonly number[] = mongoCodesNamed(""),
  onMet: (met: CodeMet) => void = () => {},
): Promise<readonly CodeMet[]> {
  const { stage } = play;
  const { truth, servers } = stage;
  await using made = new AsyncDisposableStack();
  const [wire] = stage.wires["writer-mongodb"];
  const over = uriOver(servers.mongodbUri, wire as WireProxy);
  const library = made.use(await appendInProcess({ ...servers, mongodbUri: over }));
  const service = made.use(await appendByService({ ...servers, url: stage.appendUrl }));
  const spots = [
    ...RELAY_SPOTS,
    ...appenderSpots("service", "append-mongodb", "outgraph-append", service),
    ...appenderSpots("library", "writer-mongodb", "chaos-writer", library),
  ];
  const beyond = await beyondFailPoints(truth.mongo, codes);
  const all: CodeMet[] = [];
  const halted = new Set<FailureKind>();
  for (const code of codes) {
    const { kind, name } = MONGO_CODES[code] ?? { kind: "unknown", name: String(code) };
    // A halt in a park waits for the lease to run out: those that nothing tells apart are met there once.
    const costly = kind !== "transient" && halted.has(kind);
    halted.add(kind);
    for (const spot of spots) {
      if (costly && spot.name === "commit of a park") continue;
      const met = await meetOne(play, spot, code, kind, beyond.has(code));
      all.push({ ...met, code: `${name} (${code})` });
      onMet(all.at(-1) as CodeMet);
    }
  }
  return all;
}

async function meetOne(
  play: Play,
  spot: Spot,
  code: number,
  kind: FailureKind,
  byWire: boolean,
): Promise<Omit<CodeMet, "code">> {
  let fired = false;
  await using point = byWire ? answerOnce(play, spot, code) : await failSpotOnce(play, spot, code);
  const wrong = await spot
    .meet(
      play,
      kind,
      async () => {
        await point.fired(PATIENCE_MS);
        fired = true;
      },
      code,
    )
    .catch((error: unknown) => [String(error)]);
  return { place: spot.name, kind, fired, wrong };
}

function failSpotOnce({ stage }: Play, spot: Spot, code: number): Promise<FailPoint> {
  const { command, client, collection } = spot;
  const namespace = `${stage.servers.database}.${collection}`;
  const failing = { command, client, ...(collection !== "" && { namespace }) };
  return failOnce(stage.truth.mongo, failing, code);
}

/** The same by a wire, for codes that failCommand cannot give. */
function answerOnce({ stage }: Play, spot: Spot, code: number): FailPoint {
  const armed = armOnce(
    stage.wires[spot.wire],
    ({ name, subject, client }) =>
      name === spot.command &&
      (spot.collection === "" || subject === spot.collection) &&
      client === spot.client,
    (_, fired, request) => {
      fired();
      const errmsg = "said in the server's place";
      return { answer: mongoAnswer(request, { ok: 0, code, errmsg }) };
    },
  );
  return {
    async fired(timeoutMs) {
      const what = `${spot.command} of ${spot.client} fails with ${code}`;
      await waitUntil(() => armed.hasFired, { what, timeoutMs, everyMs: 20 });
    },
    async [Symbol.asyncDispose]() {
      armed[Symbol.dispose]();
    },
  };
}
