import { create, type DescMessage, type Message, type MessageInitShape } from "@bufbuild/protobuf";
import { anyPack, durationFromMs } from "@bufbuild/protobuf/wkt";
import {
  AppendManyResponseSchema,
  AppendResponseSchema,
  BadRequestSchema,
  EntryState,
  GetEntryResponseSchema,
  RetryInfoSchema,
  type Status,
  StatusSchema,
  WaitAppliedResponseSchema,
} from "@outgraph/events";

const ID = "019b7ca9-8f2e-7359-ae12-ca11e5d62816";
const HAPPENED = { type: "vectors.v1.Happened" };
/** {_id: "a"}, as BSON. */
const A = Uint8Array.from([0x10, 0, 0, 0, 2, 0x5f, 0x69, 0x64, 0, 2, 0, 0, 0, 0x61, 0, 0]);
const id = { format: { case: "bson", value: A } } as const;

/** One answer of the service, or an error's details. */
export interface Answer {
  readonly schema: DescMessage;
  readonly message: Message;
}

/** gRPC's codes that the contract names. */
const CODES = {
  CANCELLED: 1,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  UNAUTHENTICATED: 16,
} as const;

/** What the service answers: results, states, and each error with its details. */
export const OUTCOMES: Readonly<Record<string, Answer>> = {
  "committed, an entry alone": answer(AppendResponseSchema, { receipt: { entryId: ID } }),
  "committed, with every count and an id": answer(AppendResponseSchema, {
    receipt: {
      entryId: ID,
      documents: [
        { inserted: 1n, id },
        { matched: 2n, modified: 1n },
        { deleted: 2n ** 53n + 1n },
        {},
      ],
    },
  }),
  replayed: answer(AppendResponseSchema, { receipt: { entryId: ID }, replayed: true }),
  "many, one of each": answer(AppendManyResponseSchema, {
    results: [
      { outcome: { case: "response", value: { receipt: { entryId: ID } } } },
      { outcome: { case: "error", value: error("ALREADY_EXISTS", ["writes[0].insert_one"]) } },
    ],
  }),
  ...states(),
  "waited for each state": answer(WaitAppliedResponseSchema, {
    entries: [
      {
        id: ID,
        state: EntryState.APPLIED,
        ackedAt: { seconds: 1_767_323_045n, nanos: 678_000_000 },
      },
      { id: ID, state: EntryState.SKIPPED, reason: "not wanted", ackedAt: { seconds: -1n } },
      { id: ID, state: EntryState.PARKED, reason: "no such end" },
      { id: ID, state: EntryState.BLOCKED },
      { id: ID, state: EntryState.PENDING },
      { id: ID, state: EntryState.NOT_FOUND },
    ],
    bookmarks: ["FB:kcwQ", "FB:kcwR"],
  }),
  ...errors(),
  "an error with fields and a wait": status(error("RESOURCE_EXHAUSTED", ["a", 'b["ß"]'], 5_000)),
};

function states(): Record<string, Answer> {
  const { PENDING, APPLIED, SKIPPED, PARKED, BLOCKED, NOT_FOUND } = EntryState;
  const known = { PENDING, APPLIED, SKIPPED, PARKED, BLOCKED, NOT_FOUND };
  return Object.fromEntries(
    Object.entries(known).map(([name, state]) => [
      `an entry, ${name}`,
      answer(GetEntryResponseSchema, {
        entry: { id: ID, source: "v", events: [HAPPENED] },
        state,
        at: { seconds: 4_294_967_295, increment: 1 },
        receipt: { entryId: ID },
        reason: state === PARKED || state === SKIPPED ? "said why" : "",
      }),
    ]),
  );
}

function errors(): Record<string, Answer> {
  const codes = Object.keys(CODES) as (keyof typeof CODES)[];
  return Object.fromEntries(codes.map((code) => [`the error ${code}`, status(error(code))]));
}

function error(code: keyof typeof CODES, fields: string[] = [], retryMs?: number): Status {
  const fieldViolations = fields.map((field) => ({ field, description: "is wrong" }));
  return create(StatusSchema, {
    code: CODES[code],
    message: `said with ${code}`,
    details: [
      ...(fields.length > 0
        ? [anyPack(BadRequestSchema, create(BadRequestSchema, { fieldViolations }))]
        : []),
      ...(retryMs !== undefined
        ? [
            anyPack(
              RetryInfoSchema,
              create(RetryInfoSchema, { retryDelay: durationFromMs(retryMs) }),
            ),
          ]
        : []),
    ],
  });
}

function status(message: Status): Answer {
  return { schema: StatusSchema, message };
}

function answer<Desc extends DescMessage>(schema: Desc, init: MessageInitShape<Desc>): Answer {
  return { schema, message: create(schema, init) };
}
