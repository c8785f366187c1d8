import { byKey, type Element } from "./element.ts";
import { nameOf, type Shape } from "./shape.ts";

/** One difference. */
export interface Difference {
  /** `twice` and `lost` are said of a counter, `different` of any other property. */
  readonly kind: "missing" | "extra" | "different" | "twice" | "lost";
  /** The element as one would write it in Cypher, and of properties what each side says. */
  readonly what: string;
  /** By how much a counter is off; of other kinds 1, the element. */
  readonly by: number;
}

/**
 * Walks both sides once, side by side, in constant memory, and tells every difference in key order.
 *
 * @returns how many elements the graph has.
 * @throws when a side is not sorted, or the documents project twice to one key: what was found would
 *   then mean nothing.
 */
export async function compare(
  shape: Shape,
  documents: AsyncIterable<Element>,
  graph: AsyncIterable<Element>,
  found: (difference: Difference) => void,
): Promise<number> {
  const [wanted, there] = [inOrder(documents, "documents"), inOrder(graph, "graph")];
  let want = (await wanted.next()).value;
  let have = (await there.next()).value;
  let last: Element | undefined; // met in the graph, to tell one more with its key
  let elements = 0;
  while (want || have) {
    const order = !want ? 1 : !have ? -1 : byKey(want, have);
    if (want && order < 0) found({ kind: "missing", what: nameOf(shape, want.key), by: 1 });
    else if (have && order > 0) {
      const repeat = last && byKey(last, have) === 0 ? ", one more of it" : "";
      found({ kind: "extra", what: nameOf(shape, have.key) + repeat, by: 1 });
    } else if (want && have) compareProperties(shape, want, have).forEach(found);
    if (order <= 0) want = (await wanted.next()).value;
    if (order < 0) continue;
    elements++;
    last = have;
    have = (await there.next()).value;
  }
  return elements;
}

function compareProperties(shape: Shape, want: Element, have: Element): Difference[] {
  const counter = "counter" in shape ? shape.counter : undefined;
  const differences: Difference[] = [];
  const others: string[] = [];
  for (const name of new Set([...want.properties.keys(), ...have.properties.keys()])) {
    const documents = want.properties.get(name) ?? "nothing";
    const graph = have.properties.get(name) ?? "nothing";
    if (documents === graph) continue;
    const said = `${name}: documents say ${brief(documents)}, graph says ${brief(graph)}`;
    // NaN for a counter that is no integer any more: an ordinary difference.
    const integer = (text: string): number => Number(text.replace(/^int |^nothing$/, ""));
    const by = name === counter ? integer(graph) - integer(documents) : Number.NaN;
    const what = `${nameOf(shape, want.key)} ${said}`;
    if (Number.isNaN(by)) others.push(said);
    else differences.push({ kind: by > 0 ? "twice" : "lost", what, by: Math.abs(by) });
  }
  if (others.length === 0) return differences;
  const more = others.length > 1 ? `; and ${others.length - 1} more properties` : "";
  const what = `${nameOf(shape, want.key)} ${others[0]}${more}`;
  return [...differences, { kind: "different", what, by: 1 }];
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
