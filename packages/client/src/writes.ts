import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  type Document as DocumentMessage,
  DocumentSchema,
  type DocumentWrite,
  DocumentWriteSchema,
  type Hint,
  HintSchema,
} from "@outgraph/events";
import { type Document, serialize } from "bson";

/** For every write. */
export interface WriteOptions {
  /** The database; default the one that holds the outbox. */
  readonly database?: string;
}

/** For writes that have a filter. */
export interface FilteredOptions extends WriteOptions {
  /**
   * How many documents must match (for a delete: be deleted). With any other number nothing of the
   * append is written, and it fails with `FailedPreconditionError`.
   */
  readonly expectedMatches?: number;
  /** As MongoDB's option of that name. */
  readonly collation?: Document;
  /** The index to use: its name or its keys. */
  readonly hint?: string | Document;
}

/** For writes that can insert. */
export interface UpsertOptions extends FilteredOptions {
  /** Insert when no document matches. Default false. */
  readonly upsert?: boolean;
}

/** For updates. */
export interface UpdateOptions extends UpsertOptions {
  /** As MongoDB's option of that name. */
  readonly arrayFilters?: readonly Document[];
}

/** Inserts a document; without an `_id`, the service makes an ObjectId. */
export function insertOne(
  collection: string,
  document: Document,
  options: WriteOptions = {},
): DocumentWrite {
  return write(collection, options, {
    case: "insertOne",
    value: { document: documentOf(document) },
  });
}

/** Replaces the first document that matches. */
export function replaceOne(
  collection: string,
  filter: Document,
  replacement: Document,
  options: UpsertOptions = {},
): DocumentWrite {
  return write(collection, options, {
    case: "replaceOne",
    value: {
      filter: documentOf(filter),
      replacement: documentOf(replacement),
      upsert: options.upsert ?? false,
      ...choiceOf(options),
    },
  });
}

/** Updates the first document that matches, by update operators or a pipeline. */
export function updateOne(
  collection: string,
  filter: Document,
  change: Document | readonly Document[],
  options: UpdateOptions = {},
): DocumentWrite {
  return write(collection, options, {
    case: "updateOne",
    value: updateOf(filter, change, options),
  });
}

/** Updates every document that matches, by update operators or a pipeline. */
export function updateMany(
  collection: string,
  filter: Document,
  change: Document | readonly Document[],
  options: UpdateOptions = {},
): DocumentWrite {
  return write(collection, options, {
    case: "updateMany",
    value: updateOf(filter, change, options),
  });
}

/** Deletes the first document that matches. */
export function deleteOne(
  collection: string,
  filter: Document,
  options: FilteredOptions = {},
): DocumentWrite {
  return write(collection, options, {
    case: "deleteOne",
    value: { filter: documentOf(filter), ...choiceOf(options) },
  });
}

/** Deletes every document that matches. */
export function deleteMany(
  collection: string,
  filter: Document,
  options: FilteredOptions = {},
): DocumentWrite {
  return write(collection, options, {
    case: "deleteMany",
    value: { filter: documentOf(filter), ...choiceOf(options) },
  });
}

/**
 * A document as BSON bytes, as the MongoDB driver would send it: an `undefined` becomes null. One
 * that is ready, such as `extendedJson` gives, stays as it is.
 *
 * @throws BSONError when a value cannot be stored.
 */
export function documentOf(document: Document | DocumentMessage): DocumentMessage {
  if (isReady(document)) return document;
  const bson = serialize(document, { ignoreUndefined: false, checkKeys: false });
  return create(DocumentSchema, { format: { case: "bson", value: bson } });
}

function isReady(document: Document | DocumentMessage): document is DocumentMessage {
  return document["$typeName"] === DocumentSchema.typeName;
}

/** A document as Extended JSON v2. The service reads it; a text that is none is refused there. */
export function extendedJson(text: string): DocumentMessage {
  return create(DocumentSchema, { format: { case: "extendedJson", value: text } });
}

type Operation = NonNullable<MessageInitShape<typeof DocumentWriteSchema>["operation"]>;

function write(collection: string, options: FilteredOptions, operation: Operation): DocumentWrite {
  return create(DocumentWriteSchema, {
    collection,
    operation,
    ...(options.database !== undefined && { database: options.database }),
    ...(options.expectedMatches !== undefined && {
      expectedMatches: BigInt(options.expectedMatches),
    }),
  });
}

function updateOf(
  filter: Document,
  change: Document | readonly Document[],
  options: UpdateOptions,
): Extract<Operation, { case: "updateOne" }>["value"] {
  return {
    filter: documentOf(filter),
    change: Array.isArray(change)
      ? { case: "pipeline", value: { stages: change.map(documentOf) } }
      : { case: "operators", value: documentOf(change) },
    upsert: options.upsert ?? false,
    arrayFilters: (options.arrayFilters ?? []).map(documentOf),
    ...choiceOf(options),
  };
}

function choiceOf(options: FilteredOptions): { collation?: DocumentMessage; hint?: Hint } {
  const { collation, hint } = options;
  return {
    ...(collation !== undefined && { collation: documentOf(collation) }),
    ...(hint !== undefined && { hint: hintOf(hint) }),
  };
}

function hintOf(hint: string | Document): Hint {
  return create(HintSchema, {
    index:
      typeof hint === "string"
        ? { case: "name", value: hint }
        : { case: "keys", value: documentOf(hint) },
  });
}
