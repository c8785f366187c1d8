import { toJson } from "@bufbuild/protobuf";
import { type EntryId, type Value, ValueSchema } from "@outgraph/events";
import {
  compilePlan,
  conflicts,
  type EdgeMerge,
  type EdgeName,
  type EdgesWhere,
  fold,
  LabelCompany,
  type Match,
  matchedLabels,
  type NetChange,
  type NodeMerge,
  type NodeName,
  type NodesWhere,
  type Segment,
  type Touches,
  touches,
} from "@outgraph/graph-plan";
import { atMs } from "./at.ts";
import { decode } from "./decode.ts";
import type { Place } from "./parking-port.ts";
import type { StoredEntry } from "./pending-entry.ts";
import type { GraphPort, OutboxPort } from "./ports.ts";

/** Most lines, and most rows of one statement, that are shown. */
const LINES_MAX = 1_000;
const ROWS_SHOWN = 3;
/** Longest text of a value that is shown, in characters. */
const TEXT_MAX = 120;
/** How many entries that are set aside are looked through, oldest first, and how many are told. */
const LOOKED_THROUGH_MAX = 10_000;
const CONFLICTS_MAX = 100;

/** What an entry would do. */
export interface Explained {
  /** Its net effect, one line a row; what is beyond a thousand is counted in the last. */
  readonly effects: readonly string[];
  readonly statements: readonly {
    readonly cypher: string;
    /** The first rows as JSON, long values shortened. */
    readonly parameters: string;
    readonly rows: number;
  }[];
}

/**
 * What an entry would do, without doing it.
 *
 * @throws Halt when this version cannot read it, EntryRefused when the contract refuses it.
 */
export function explain(stored: StoredEntry): Explained {
  const { entry } = decode(stored, { ms: atMs(stored.at), coarse: true });
  const segments = fold([entry]);
  const lines = segments.flatMap(linesOf);
  const more = lines.length - LINES_MAX;
  const { statements } = compilePlan(segments, { encode: shown });
  return {
    effects: more > 0 ? [...lines.slice(0, LINES_MAX), `and ${more} more`] : lines,
    statements: statements.map(({ cypher, params, rows }) => ({
      cypher,
      parameters: JSON.stringify({ rows: params.rows.slice(0, ROWS_SHOWN) }),
      rows,
    })),
  };
}

/**
 * The entries set aside that an entry conflicts with, itself left out: up to a hundred, among the
 * oldest ten thousand.
 */
export async function conflictsOf(
  stored: StoredEntry,
  { outbox, graph }: { readonly outbox: OutboxPort; readonly graph: GraphPort },
): Promise<readonly EntryId[]> {
  const company = new LabelCompany();
  const asked = new Set<string>();
  const learn = async (touched: Touches): Promise<void> => {
    company.learnFrom(touched);
    for (const label of matchedLabels(touched)) {
      if (asked.has(label)) continue;
      company.learnBeside(label, await graph.labelsBeside(label));
      asked.add(label);
    }
  };
  const mine = touchesOf(stored);
  const found: EntryId[] = [];
  let last: Place | undefined;
  for (let seen = 0; seen < LOOKED_THROUGH_MAX && found.length < CONFLICTS_MAX; ) {
    const part = await outbox.parking.asideAfter(last, []);
    if (part.length === 0) break;
    await learn(mine);
    for (const { aside, stored: other } of part) {
      last = aside;
      seen += 1;
      if (other === undefined || aside.id === stored.id) continue;
      const theirs = touchesOf(other);
      await learn(theirs);
      if (conflicts(theirs, mine, company)) found.push(aside.id);
    }
  }
  return found.slice(0, CONFLICTS_MAX);
}

function touchesOf(stored: StoredEntry): Touches {
  return touches(decode(stored, { ms: atMs(stored.at), coarse: true }).entry);
}

function linesOf(segment: Segment): string[] {
  return [
    ...segment.matches.flat().map(matchLine),
    ...segment.edgeDeletes.map((edge) => `delete edge ${edgeText(edge)}`),
    ...segment.nodeDeletes.map((node) => `delete node ${nodeText(node)} and its edges`),
    ...segment.nodeMerges.map(nodeLine),
    ...segment.edgeMerges.map((merge) => `merge edge ${edgeLine(merge)}`),
    ...segment.edgeCreates.map((merge) => `create edge ${edgeLine(merge)}`),
  ];
}

function nodeLine({ node, stub, change, addLabels, removeLabels }: NodeMerge): string {
  const labels = [
    ...addLabels.map((label) => ` add label ${label}`),
    ...removeLabels.map((label) => ` remove label ${label}`),
  ];
  return `merge node ${nodeText(node)}${stub ? " as a stub" : ""}${changeText(change)}${labels.join("")}`;
}

const ENDS: Readonly<Record<EdgeMerge["ends"], string>> = {
  made: "",
  optional: " if both ends are there",
  required: ", whose ends must be there",
};

function edgeLine({ edge, ends, change }: EdgeMerge): string {
  return `${edgeText(edge)}${ENDS[ends]}${changeText(change)}`;
}

function matchLine(match: Match): string {
  switch (match.kind) {
    case "updateNodes":
      return `update every ${whereText(match.nodes)}${changeText(match.change)}`;
    case "deleteNodes":
      return `delete every ${whereText(match.nodes)} and its edges`;
    case "updateEdges":
      return `update every ${edgesText(match.edges)}${changeText(match.change)}`;
    case "deleteEdges":
      return `delete every ${edgesText(match.edges)}`;
    case "mergeEdges":
      return `merge an edge for each pair ${edgesText(match.edges)}${changeText(match.change)}`;
  }
}

function nodeText({ shape, values }: NodeName): string {
  return `(:${shape.label}${propertiesText(shape.keys, values)})`;
}

function edgeText({ shape, from, to, values }: EdgeName): string {
  return `${nodeText(from)}-[:${shape.type}${propertiesText(shape.keys, values)}]->${nodeText(to)}`;
}

function whereText({ shape, values }: NodesWhere): string {
  return `(:${shape.label}${propertiesText(shape.keys, values)})`;
}

function edgesText({ shape, from, to, values }: EdgesWhere): string {
  const end = (where: NodesWhere | undefined): string => (where ? whereText(where) : "()");
  return `${end(from)}-[:${shape.type}${propertiesText(shape.keys, values)}]->${end(to)}`;
}

function propertiesText(names: readonly string[], values: readonly Value[]): string {
  if (names.length === 0) return "";
  const texts = names.map((name, index) => `${name}: ${shownText(values[index])}`);
  return ` {${texts.join(", ")}}`;
}

function changeText({ replace, set, add, append }: NetChange): string {
  const texts: string[] = [];
  if (replace) texts.push(" replace all");
  for (const [name, value] of set) {
    texts.push(value === null ? ` remove ${name}` : ` set ${name} = ${shownText(value)}`);
  }
  for (const [name, numbers] of add) {
    texts.push(` add ${numbers.map(shownText).join(" + ")} to ${name}`);
  }
  for (const [name, { list }] of append) texts.push(` append ${shownText(list)} to ${name}`);
  return texts.join(",");
}

function shownText(value: Value | undefined): string {
  return value === undefined ? "" : JSON.stringify(shown(value));
}

/** A value for people: as JSON has it, and long ones shortened. */
function shown(value: Value): unknown {
  const { kind } = value;
  switch (kind.case) {
    case "boolValue":
      return kind.value;
    case "stringValue":
      return shortened(kind.value);
    case "int64Value":
      return Number.isSafeInteger(Number(kind.value)) ? Number(kind.value) : String(kind.value);
    case "doubleValue":
      return Number.isFinite(kind.value) ? kind.value : String(kind.value);
    case "bytesValue":
      return `${kind.value.length} bytes`;
    default:
      return shortened(JSON.stringify(toJson(ValueSchema, value)));
  }
}

function shortened(text: string): string {
  return text.length <= TEXT_MAX ? text : `${text.slice(0, TEXT_MAX)}… (${text.length} characters)`;
}
