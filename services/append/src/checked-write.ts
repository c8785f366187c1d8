import type {
  Delete,
  Document as DocumentMessage,
  DocumentWrite,
  Hint,
  Update,
} from "@outgraph/events";
import type { Document } from "bson";
import { decodeDocument } from "./decode-document.ts";
import type { FieldFault } from "./refusal.ts";

/** One document write, checked as far as that is possible without MongoDB. */
export interface CheckedWrite {
  /** Its path in the request, such as `writes[2].insert_one`. */
  readonly field: string;
  readonly database: string;
  readonly collection: string;
  readonly expectedMatches: number | undefined;
  /** The size of its documents as they were sent. */
  readonly bytes: number;
  readonly operation: WriteOperation;
}

/** What a write does, as MongoDB has it. */
export type WriteOperation =
  | { readonly kind: "insertOne"; readonly document: Document }
  | {
      readonly kind: "replaceOne";
      readonly filter: Document;
      readonly replacement: Document;
      readonly options: WriteChoices;
    }
  | {
      readonly kind: "updateOne" | "updateMany";
      readonly filter: Document;
      /** Update operators, or a pipeline. */
      readonly change: Document | Document[];
      readonly options: WriteChoices;
    }
  | {
      readonly kind: "deleteOne" | "deleteMany";
      readonly filter: Document;
      readonly options: WriteChoices;
    };

/** MongoDB's options of these names. */
export interface WriteChoices {
  readonly upsert?: boolean;
  readonly arrayFilters?: Document[];
  readonly collation?: Collation;
  readonly hint?: string | Document;
}

/** MongoDB requires the locale; the server checks the rest. */
export interface Collation extends Document {
  readonly locale: string;
}

/** What is wrong with some writes. */
export interface WriteFaults {
  readonly invalid: FieldFault[];
  readonly denied: FieldFault[];
}

/**
 * Decodes and checks one write; what is wrong with it is added to `faults`, and nothing returned.
 *
 * @param write keeps the rules of the schema.
 * @param database where it goes when it names none.
 */
export function checkWrite(
  write: DocumentWrite,
  index: number,
  database: string,
  faults: WriteFaults,
): CheckedWrite | undefined {
  const kind = write.operation.case;
  if (kind === undefined) throw new TypeError("the schema requires an operation");
  const field = `writes[${index}].${kind.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
  const reader = new Reader(faults);
  const operation = operationOf(write.operation, field, reader);
  if (kind === "insertOne" && write.expectedMatches !== undefined) {
    reader.fault(`writes[${index}].expected_matches`, "an insert matches nothing");
  }
  if (reader.failed) return undefined;
  return {
    field,
    database: write.database || database,
    collection: write.collection,
    // Beyond 2^53 no count is equal to it either way.
    expectedMatches:
      write.expectedMatches === undefined ? undefined : Number(write.expectedMatches),
    bytes: reader.bytes,
    operation,
  };
}

function operationOf(
  operation: DocumentWrite["operation"],
  field: string,
  reader: Reader,
): WriteOperation {
  switch (operation.case) {
    case "insertOne": {
      const { document } = operation.value;
      return {
        kind: "insertOne",
        document: reader.document(document, `${field}.document`, "stored"),
      };
    }
    case "replaceOne": {
      const { filter, replacement, upsert } = operation.value;
      return {
        kind: "replaceOne",
        filter: reader.document(filter, `${field}.filter`, "evaluated"),
        replacement: reader.replacement(replacement, `${field}.replacement`),
        options: { upsert, ...reader.choices(operation.value, field) },
      };
    }
    case "updateOne":
    case "updateMany":
      return {
        kind: operation.case,
        filter: reader.document(operation.value.filter, `${field}.filter`, "evaluated"),
        change: reader.change(operation.value, field),
        options: {
          upsert: operation.value.upsert,
          ...reader.arrayFilters(operation.value, field),
          ...reader.choices(operation.value, field),
        },
      };
    case "deleteOne":
    case "deleteMany":
      return {
        kind: operation.case,
        filter: reader.document(operation.value.filter, `${field}.filter`, "evaluated"),
        options: reader.choices(operation.value, field),
      };
    case undefined:
      throw new TypeError("the schema requires an operation");
  }
}

/** Reads the documents of one write, and remembers what was wrong. */
class Reader {
  readonly #faults: WriteFaults;
  failed = false;
  bytes = 0;

  constructor(faults: WriteFaults) {
    this.#faults = faults;
  }

  fault(field: string, message: string): void {
    this.failed = true;
    this.#faults.invalid.push({ field, message });
  }

  document(
    message: DocumentMessage | undefined,
    field: string,
    code: "evaluated" | "stored",
  ): Document {
    if (message === undefined) throw new TypeError(`the schema requires ${field}`);
    this.bytes += message.format.value?.length ?? 0;
    const decoded = decodeDocument(message, field, code);
    if (decoded.kind === "document") return decoded.document;
    this.failed = true;
    this.#faults[decoded.kind].push(decoded.fault);
    return {};
  }

  replacement(message: DocumentMessage | undefined, field: string): Document {
    const document = this.document(message, field, "stored");
    const operator = Object.keys(document).find((key) => key.startsWith("$"));
    if (operator !== undefined) {
      this.fault(field, `a replacement holds no operators such as ${operator}`);
    }
    return document;
  }

  change({ change }: Update, field: string): Document | Document[] {
    switch (change.case) {
      case "operators": {
        const path = `${field}.operators`;
        const failed = this.failed;
        const document = this.document(change.value, path, "stored");
        if (this.failed !== failed) return document;
        const keys = Object.keys(document);
        const other = keys.find((key) => !key.startsWith("$"));
        if (keys.length === 0) this.fault(path, "must hold at least one operator, such as $set");
        else if (other !== undefined) this.fault(path, `${JSON.stringify(other)} is no operator`);
        return document;
      }
      case "pipeline":
        return change.value.stages.map((stage, index) =>
          this.document(stage, `${field}.pipeline.stages[${index}]`, "evaluated"),
        );
      case undefined:
        throw new TypeError("the schema requires a change");
    }
  }

  arrayFilters({ arrayFilters }: Update, field: string): WriteChoices {
    if (arrayFilters.length === 0) return {};
    const documents = arrayFilters.map((filter, index) =>
      this.document(filter, `${field}.array_filters[${index}]`, "evaluated"),
    );
    return { arrayFilters: documents };
  }

  choices({ collation, hint }: Pick<Delete, "collation" | "hint">, field: string): WriteChoices {
    return {
      ...(collation && { collation: this.#collation(collation, `${field}.collation`) }),
      ...(hint && { hint: this.#hint(hint, field) }),
    };
  }

  #collation(message: DocumentMessage, field: string): Collation {
    const { failed } = this;
    const document = this.document(message, field, "stored");
    const locale: unknown = document["locale"];
    if (this.failed === failed && typeof locale !== "string") {
      this.fault(field, "must name a locale, as a text");
    }
    return { ...document, locale: String(locale) };
  }

  #hint({ index }: Hint, field: string): string | Document {
    switch (index.case) {
      case "name":
        return index.value;
      case "keys":
        return this.document(index.value, `${field}.hint.keys`, "stored");
      case undefined:
        throw new TypeError("the schema requires an index");
    }
  }
}
