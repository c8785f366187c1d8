import type { EdgeShape, NodeShape } from "./names.ts";
import { quoted, quotedText } from "./quote.ts";

const MARK = "Outgraph: ";

/**
 * A Cypher expression that fails with a text when it is evaluated, and only then: no date can be
 * read from the text, and no planner can try beforehand, since it needs the row.
 *
 * @param text fixed texts and expressions of the row, one after the other.
 */
export function refusal(text: readonly (string | Cypher)[]): string {
  const parts: (string | Cypher)[] = [];
  for (const part of [MARK, ...text]) {
    const last = parts.at(-1);
    if (typeof part === "string" && typeof last === "string") parts.splice(-1, 1, last + part);
    else parts.push(part);
  }
  const expressions = parts.map((part) =>
    typeof part === "string" ? quotedText(part) : part.cypher,
  );
  return `date(${expressions.join(" + ")})`;
}

/** A Cypher expression among texts. */
export interface Cypher {
  readonly cypher: string;
}

/** The node of a row in words, such as (:Person {id: 7}). `at` is where the row has its key. */
export function nodeText({ label, keys }: NodeShape, at: string): (string | Cypher)[] {
  return [`(:${label} `, ...keyTexts(keys, at), ")"];
}

/** The edge of a row in words, such as (:Person {id: 7})-[:WROTE]->(:Paper {doi: 10.1000/182}). */
export function edgeText(
  { type, keys }: EdgeShape,
  from: NodeShape,
  to: NodeShape,
): (string | Cypher)[] {
  const key = keys.length === 0 ? [] : [" ", ...keyTexts(keys, "row.key")];
  const edge = [`-[:${type}`, ...key, "]->"];
  return [...nodeText(from, "row.from"), ...edge, ...nodeText(to, "row.to")];
}

function keyTexts(keys: readonly string[], at: string): (string | Cypher)[] {
  const texts = keys.flatMap((key, index) => [
    `${index === 0 ? "{" : ", "}${key}: `,
    { cypher: `toString(${at}.${quoted(key)})` },
  ]);
  return [...texts, "}"];
}

/**
 * What a statement refused, in words, from the message of the error that Neo4j gave; undefined when
 * the error is another one. Neo4j gives it the code `Neo.ClientError.Statement.SyntaxError` (GQL
 * status 22007), so look here before judging by code.
 */
export function refusalIn(message: string): string | undefined {
  const start = message.indexOf(`"${MARK}`);
  if (start < 0) return undefined;
  const end = message.lastIndexOf('"');
  return message.slice(start + 1 + MARK.length, end > start ? end : undefined);
}
