import type { Committed, Failed, Outcome, WriteResult } from "./outcome.ts";

/** What the outcome is judged by, beside itself. */
export interface Asked {
  /** The entry that the call was about; undefined for calls that name none, or many. */
  readonly id?: string;
  /** Whether an entry read back is what was appended. */
  readonly isAsAppended?: (entry: string) => boolean;
}

/** An outcome in the words of the table. Equal words are equal outcomes. */
export function inWords(outcome: Outcome, asked: Asked = {}): string {
  switch (outcome.kind) {
    case "committed":
      return committedInWords(outcome.committed, asked);
    case "many":
      return outcome.many.map((each) => inWords(each)).join(" / ");
    case "entry": {
      const { bytes, state, documents } = outcome.entry;
      const same = asked.isAsAppended?.(bytes) ?? true;
      const content = same ? "as appended" : "OTHER CONTENT";
      return `${state}, ${content}${documentsInWords(documents)}`;
    }
    case "waited": {
      const { entries, bookmarks } = outcome.waited;
      const states = entries.map(({ state, reason, acked }) =>
        [state, acked && "acked", reason !== "" && `(${reason})`].filter(Boolean).join(" "),
      );
      return `${states.join(", ")}${bookmarks > 0 ? ", with a bookmark" : ""}`;
    }
    case "closed":
      return "closed";
    case "failed":
      return failedInWords(outcome.failed, asked);
  }
}

function committedInWords({ entryId, replayed, documents }: Committed, { id }: Asked): string {
  const other = id === undefined || id === entryId ? "" : ", UNDER ANOTHER ID";
  return `${replayed ? "replayed" : "committed"}${other}${documentsInWords(documents)}`;
}

function documentsInWords(documents: readonly WriteResult[]): string {
  return documents.length === 0 ? "" : `: ${documents.map(documentInWords).join(", ")}`;
}

function documentInWords({ id, ...counts }: WriteResult): string {
  const said = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([what, count]) => `${what} ${count}`);
  if (id !== null) said.push(idInWords((JSON.parse(id) as { _id: unknown })._id));
  return said.length === 0 ? "nothing" : said.join(" ");
}

/** An ObjectId is another one each time; an integer is each language's own, as its driver gives it. */
function idInWords(id: unknown): string {
  if (typeof id !== "object" || id === null) return JSON.stringify(id);
  if ("$oid" in id) return "ObjectId";
  const [integer] = ["$numberLong", "$numberInt"].flatMap((type) =>
    type in id ? [(id as Record<string, string>)[type]] : [],
  );
  return integer ?? JSON.stringify(id);
}

function failedInWords(failed: Failed, { id }: Asked): string {
  const { code, said, fields, retryAfterMs, entryId } = failed;
  const parts = [
    said === code ? code : `${code} THAT SAYS ${said}`,
    failed.reason && `(${failed.reason})`,
    fields.length > 0 && `at ${fields.map((field) => `\`${field}\``).join(", ")}`,
    retryAfterMs !== null && `retry after ${retryAfterMs} ms`,
    id !== undefined && entryId !== id && `NAMING ${entryId ?? "NO ENTRY"}`,
  ];
  return parts.filter(Boolean).join(", ").replace(", (", " (").replace(", at", " at");
}
