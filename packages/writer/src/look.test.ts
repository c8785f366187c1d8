import { create } from "@bufbuild/protobuf";
import { entryIdFor, ReceiptSchema } from "@outgraph/events";
import { expect, test } from "vitest";
import { judge, type Look } from "./look.ts";

const id = entryIdFor(new Date(1_000), "job");
const digest = new Uint8Array([1, 2]);
const receipt = create(ReceiptSchema, { entryId: id });
const known: Look["known"] = new Map([[id, { digest, receipt }]]);
const unknown: Look["known"] = new Map();

test.each([
  ["not known, above the horizon", unknown, digest, 999, "new"],
  ["not known, at the horizon", unknown, digest, 1_000, "expired"],
  ["not known, below the horizon", unknown, digest, 1_001, "expired"],
  ["known with equal content", known, digest, 0, "replay"],
  [
    "known with equal content, below the horizon but not purged yet",
    known,
    digest,
    2_000,
    "replay",
  ],
  ["known with other content", known, new Uint8Array([1, 3]), 0, "reused"],
  ["known with longer content", known, new Uint8Array([1, 2, 3]), 0, "reused"],
  ["known, and the content not told yet", known, undefined, 0, "replay"],
] as const)("an id that is %s", (_, ids, content, horizon, kind) => {
  expect(judge(id, content, { known: ids, horizon }).kind).toBe(kind);
});
