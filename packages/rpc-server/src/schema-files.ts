import { type DescExtension, type DescFile, toBinary } from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";

/** The schema files that some services stand on, found by what is in them. */
export class SchemaFiles {
  readonly #byName = new Map<string, DescFile>();
  readonly #bySymbol = new Map<string, DescFile>();
  readonly #extensions = new Map<string, DescExtension[]>();

  /** @param roots the services' own; what they import is found from there. */
  constructor(roots: Iterable<DescFile>) {
    for (const file of roots) this.#add(file);
  }

  /** By its name, such as `outgraph/append/v1/document.proto`. */
  named(name: string): DescFile | undefined {
    return this.#byName.get(name);
  }

  /** By the full name of a message, field, enum, enum value, extension, service or method in it. */
  holding(symbol: string): DescFile | undefined {
    return this.#bySymbol.get(symbol);
  }

  /** By a message and the number of an extension of it. */
  extending(message: string, number: number): DescFile | undefined {
    return this.#extensions.get(message)?.find((extension) => extension.number === number)?.file;
  }

  /** The numbers of the extensions of a message, in order; undefined when there is no such message. */
  extensionNumbers(message: string): number[] | undefined {
    if (!this.#bySymbol.has(message)) return undefined;
    const numbers = (this.#extensions.get(message) ?? []).map(({ number }) => number);
    return numbers.toSorted((a, b) => a - b);
  }

  #add(file: DescFile): void {
    const { name } = file.proto;
    if (this.#byName.has(name)) return;
    this.#byName.set(name, file);
    for (const symbol of symbolsIn(file)) this.#bySymbol.set(symbol, file);
    for (const type of nestedTypes(file)) {
      if (type.kind !== "extension") continue;
      const extendee = type.extendee.typeName;
      this.#extensions.set(extendee, [...(this.#extensions.get(extendee) ?? []), type]);
    }
    for (const dependency of file.dependencies) this.#add(dependency);
  }
}

function* symbolsIn(file: DescFile): Generator<string> {
  for (const type of nestedTypes(file)) {
    yield type.typeName;
    switch (type.kind) {
      case "message":
        for (const { name } of [...type.fields, ...type.oneofs]) yield `${type.typeName}.${name}`;
        break;
      case "enum":
        // The values of an enum belong to where the enum stands.
        for (const { name } of type.values) yield type.typeName.replace(/[^.]+$/, name);
        break;
      case "service":
        for (const { name } of type.methods) yield `${type.typeName}.${name}`;
        break;
      case "extension":
        break;
    }
  }
}

/** A file and everything it imports, encoded; without those in `known`, which grows. */
export function encodedWithImports(file: DescFile, known: Set<string>): Uint8Array[] {
  const { name } = file.proto;
  if (known.has(name)) return [];
  known.add(name);
  const imports = file.dependencies.flatMap((dependency) => encodedWithImports(dependency, known));
  return [toBinary(FileDescriptorProtoSchema, file.proto), ...imports];
}
