import { textOfKeyable } from "./key.ts";
import type { EdgesWhere, NodesWhere } from "./names.ts";
import type { Match } from "./segment.ts";

/** Matches in their order; neighbours that cannot meet in one node or edge stand in one group. */
export class MatchGroups {
  readonly #groups: [Match, ...Match[]][] = [];
  // Of the last group:
  #shape = "";
  #texts = new Set<string>();
  #isApart = false;

  get isEmpty(): boolean {
    return this.#groups.length === 0;
  }

  /** Takes up a match that comes after all that were taken up before. */
  take(match: Match): void {
    if (changesNothing(match)) return;
    const shape = shapeText(match);
    const text = valueText(match);
    const isApart = isDelete(match) || (text !== undefined && !changesWhatItMatches(match));
    const last = this.#groups.at(-1);
    const isRepeat = text !== undefined && this.#texts.has(text);
    if (last === undefined || shape !== this.#shape) this.#begin(match, shape, isApart);
    else if (!isDelete(match)) {
      if (this.#isApart && isApart && !isRepeat) last.push(match);
      else this.#begin(match, shape, isApart);
    } else if (!isRepeat) last.push(match);
    if (text !== undefined) this.#texts.add(text);
  }

  close(): readonly (readonly [Match, ...Match[]])[] {
    return this.#groups;
  }

  #begin(match: Match, shape: string, isApart: boolean): void {
    this.#groups.push([match]);
    this.#shape = shape;
    this.#texts = new Set();
    this.#isApart = isApart;
  }
}

function changesNothing(match: Match): boolean {
  const isUpdate = match.kind === "updateNodes" || match.kind === "updateEdges";
  return isUpdate && match.change.set.size === 0;
}

/** Deletes may meet: what both match is gone after either. */
function isDelete(match: Match): boolean {
  return match.kind === "deleteNodes" || match.kind === "deleteEdges";
}

/** Whether it changes a property by which others of its shape match. */
function changesWhatItMatches(match: Match): boolean {
  switch (match.kind) {
    case "updateNodes":
      return match.nodes.shape.keys.some((name) => match.change.set.has(name));
    case "updateEdges":
      return match.edges.shape.keys.some((name) => match.change.set.has(name));
    case "deleteNodes":
    case "deleteEdges":
    case "mergeEdges": // a key cannot be set
      return false;
  }
}

/** All that the Cypher of a match depends on, as one text. */
function shapeText(match: Match): string {
  const what =
    "change" in match
      ? `${match.kind}${match.change.replace}${match.change.set.size > 0}`
      : match.kind;
  if ("nodes" in match) return what + match.nodes.shape.text;
  const { shape, from, to } = match.edges;
  return `${what}${shape.text}(${from?.shape.text ?? ""})(${to?.shape.text ?? ""})`;
}

/**
 * What a match compares with, as one text: two matches of one shape whose texts differ meet nothing
 * in common. Undefined when a value is of a type that may equal another one, such as 1.0 and 1.
 */
function valueText(match: Match): string | undefined {
  if ("nodes" in match) return textOf(match.nodes);
  const { edges } = match;
  const texts = [edges.from, edges.to, edges].map((where) => (where ? textOf(where) : ""));
  return texts.includes(undefined) ? undefined : texts.join("");
}

function textOf({ values }: NodesWhere | EdgesWhere): string | undefined {
  let text = "";
  for (const value of values) {
    const next = textOfKeyable(value);
    if (next === undefined) return undefined;
    text += next;
  }
  return text;
}
