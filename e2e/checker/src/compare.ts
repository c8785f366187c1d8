import { byKey, type Element } from "./element.ts";
import { nameOf, type Shape } from "./shape.ts";

/** One difference. `twice` and `lost` are said of a counter, `different` of any other property. */
export interface Difference {
  readonly kind: "missing" | "extra" | "different" | "twice" | "lost";
  /** As one would write it in Cypher, and of a property what each side says. */
  readonly what: string;
}

/** What comparing came to. */
export interface Tally {
  /** Elements in the graph. */
  actual: number;
  missing: number;
  extra: number;
  /** Elements on both sides whose labels or properties differ, the counter aside. */
  different: number;
  /** By how much counters are too high, together. */
  twice: number;
  /** By how much counters are too low, together. */
  lost: number;
}

/**
 * Walks both sides once, side by side, in constant memory, and tells every difference in key order.
 *
 * @throws when a side is not sorted, or the documents project twice to one key: what was found would
 *   then mean nothing.
 */
export async function compare(
  shape: Shape,
  documents: AsyncIterable<Element>,
  graph: AsyncIterable<Element>,
  found: (difference: Difference) => void,
): Promise<Tally> {
  const tally = { actual: 0, missing: 0, extra: 0, different: 0, twice: 0, lost: 0 };
  const [wanted, there] = [inOrder(documents, "documents"), inOrder(graph, "graph")];
  let want = (await wanted.next()).value;
  let have = (await there.next()).value;
  let last: Element | undefined; // met in the graph, to tell one more with its key
  while (want || have) {
    const order = !want ? 1 : !have ? -1 : byKey(want, have);
    if (want && order < 0) {
      tally.missing++;
      found({ kind: "missing", what: nameOf(shape, want.key) });
    } else if (have && order > 0) {
      tally.extra++;
      const repeat = last && byKey(last, have) === 0 ? ", one more of it" : "";
      found({ kind: "extra", what: nameOf(shape, have.key) + repeat });
    } else if (want && have) compareProperties(shape, want, have, tally, found);
    if (order <= 0) want = (await wanted.next()).value;
    if (order < 0) continue;
    tally.actual++;
    last = have;
    have = (await there.next()).value;
  }
  return tally;
}

function compareProperties(
  shape: Shape,
  want: Element,
  have: Element,
  tally: Tally,
  found: (difference: Difference) => void,
): void {
  let different = 0;
  for (const name of new Set([...want.properties.keys(), ...have.properties.keys()])) {
    const documents = want.properties.get(name) ?? "nothing";
    const graph = have.properties.get(name) ?? "nothing";
    if (documents === graph) continue;
    const surplus = "counter" in shape && name === shape.counter ? int(graph) - int(documents) : 0;
    // A counter that is no integer any more gives NaN: an ordinary difference.
    const kind = surplus > 0 ? "twice" : surplus < 0 ? "lost" : "different";
    if (kind === "different") different = 1;
    else tally[kind] += Math.abs(surplus);
    const said = `documents say ${brief(documents)}, graph says ${brief(graph)}`;
    found({ kind, what: `${nameOf(shape, want.key)} ${name}: ${said}` });
  }
  tally.different += different;
}

function int(text: string): number {
  return text === "nothing" ? 0 : Number(text.replace(/^int /, ""));
}

function brief(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

async function* inOrder(
  side: AsyncIterable<Element>,
  name: string,
): AsyncGenerator<Element, undefined> {
  let last: Element | undefined;
  for await (const element of side) {
    const order = last ? byKey(last, element) : -1;
    if (order > 0 || (order === 0 && name === "documents")) {
      throw new Error(`${name} out of order, or twice: ${last?.key} came before ${element.key}`);
    }
    last = element;
    yield element;
  }
  return undefined;
}
