import { timestampDate } from "@bufbuild/protobuf/wkt";
import {
  createEdge,
  defineEvent,
  deleteEdges,
  deleteNode,
  deleteNodes,
  type EventType,
  edge,
  edgesWhere,
  mergeEdge,
  mergeEdges,
  mergeNode,
  node,
  nodesWhere,
} from "@outgraph/events";
import {
  CallFoundSchema,
  FileRemovedSchema,
  MemoryEventRecordedSchema,
  MemoryEventRemovedSchema,
  SymbolIndexedSchema,
} from "../gen/xmem/v1/xmem_pb.ts";
import { fileNode, fileProperties } from "./graph.ts";

/** One more event of a user's day, parallel to those there: what is appended once is there once. */
export const memoryEventRecorded: EventType<typeof MemoryEventRecordedSchema> = defineEvent(
  MemoryEventRecordedSchema,
  ({ userId, date, eventName, desc, year, time, dateExpression, embedding }) => {
    const [user, day] = [node("User", { user_id: userId }), node("Date", { date })];
    const set = { event_name: eventName, desc, year, time, date_expression: dateExpression };
    return [
      mergeNode(user),
      mergeNode(day),
      createEdge("HAS_EVENT", user, day, { ...set, ...(embedding.length > 0 && { embedding }) }),
    ];
  },
);

/** The events of that name on the day are gone; without a name, all of the day's. */
export const memoryEventRemoved: EventType<typeof MemoryEventRemovedSchema> = defineEvent(
  MemoryEventRemovedSchema,
  ({ userId, date, eventName }) => [
    deleteEdges(
      edgesWhere(
        "HAS_EVENT",
        { from: nodesWhere("User", { user_id: userId }), to: nodesWhere("Date", { date }) },
        eventName === "" ? {} : { event_name: eventName },
      ),
    ),
  ],
);

/** A symbol in its file. What nobody told is taken away, also from one that is there. */
export const symbolIndexed: EventType<typeof SymbolIndexedSchema> = defineEvent(
  SymbolIndexedSchema,
  (symbol) => {
    const file = fileNode(symbol.file);
    const indexedAt = symbol.indexedAt && timestampDate(symbol.indexedAt);
    const indexed = node("Symbol", {
      ...fileProperties(symbol.file),
      symbol_name: symbol.symbolName,
      signature_hash: symbol.signatureHash,
    });
    return [
      mergeNode(file),
      mergeNode(indexed, {
        set: {
          symbol_type: symbol.symbolType,
          signature: symbol.signature,
          start_line: symbol.startLine,
          end_line: symbol.endLine,
          imports: symbol.imports,
          ...(symbol.parentClass !== undefined && { parent_class: symbol.parentClass }),
          ...(indexedAt && { indexed_at: indexedAt }),
        },
        replace: true,
      }),
      mergeEdge(edge("DEFINES", file, indexed)),
    ];
  },
);

/** From every version of the caller to every version of the callee; nothing where there is none. */
export const callFound: EventType<typeof CallFoundSchema> = defineEvent(
  CallFoundSchema,
  ({ callerFile, callerName, calleeFile, calleeName, callCount }) => [
    mergeEdges(
      "CALLS",
      nodesWhere("Symbol", { ...fileProperties(callerFile), symbol_name: callerName }),
      nodesWhere("Symbol", { ...fileProperties(calleeFile), symbol_name: calleeName }),
      { set: { call_count: callCount } },
    ),
  ],
);

/** Neither the file nor any version of its symbols is left. */
export const fileRemoved: EventType<typeof FileRemovedSchema> = defineEvent(
  FileRemovedSchema,
  ({ file }) => [
    deleteNodes(nodesWhere("Symbol", fileProperties(file))),
    deleteNode(fileNode(file)),
  ],
);
