import { symbolId } from "./codebase.ts";
import type { FileFacts, ImportFact } from "./facts.ts";
import type { ResolveModule } from "./modules.ts";

/** Which symbol a call in a file means. */
export interface NameTable {
  /**
   * The id of the symbol that is called, or undefined when it is not of this codebase.
   *
   * @param caller the name of the symbol that calls: tells what `this` is.
   */
  target(path: string, caller: string, callee: readonly string[]): string | undefined;
}

/** Where a name leads to: a symbol's id, or a whole module. */
type Found = { readonly symbol: string } | { readonly module: string };

export function nameTable(
  facts: ReadonlyMap<string, FileFacts>,
  resolve: ResolveModule,
): NameTable {
  const symbols = new Map<string, ReadonlySet<string>>();
  const bindings = new Map<string, ReadonlyMap<string, Binding>>();
  for (const [path, { symbols: declared, imports }] of facts) {
    symbols.set(path, new Set(declared.map(({ name }) => name)));
    bindings.set(path, bindingsOf(imports));
  }
  const has = (path: string, name: string): boolean => symbols.get(path)?.has(name) === true;

  /** What `name` is when it is used in the file. */
  function inFile(path: string, name: string, seen: Set<string>): Found | undefined {
    // First what is imported: Python's `try: import x` has an `except: x = None`.
    const binding = bindings.get(path)?.get(name);
    const found = binding && imported(path, binding.specifier, binding.imported, seen);
    if (found) return found;
    return has(path, name) ? { symbol: symbolId(path, name) } : undefined;
  }

  /** What a file gets when it imports `name` from a specifier. */
  function imported(
    path: string,
    specifier: string,
    name: string,
    seen: Set<string>,
  ): Found | undefined {
    const target = resolve(path, specifier);
    // Python: `from package import module`
    const submodule = `${specifier}${specifier.endsWith(".") ? "" : "."}${name}`;
    if (target === undefined) return undefined;
    if (name === "*") return { module: target };
    const found = exported(target, name, seen);
    if (found || !target.endsWith(".py")) return found;
    const module = resolve(path, submodule);
    return module === undefined ? undefined : { module };
  }

  /** What a file gives to those that import `name` from it. */
  function exported(path: string, name: string, seen: Set<string>): Found | undefined {
    const step = `${path}#${name}`;
    if (seen.has(step)) return undefined; // files that re-export each other
    seen.add(step);
    const exports = facts.get(path)?.exports ?? [];
    for (const { name: given, local, from } of exports) {
      if (given !== name) continue;
      const found = from === null ? inFile(path, local, seen) : imported(path, from, local, seen);
      if (found) return found;
    }
    for (const { name: given, from } of exports) {
      if (given !== "*" || from === null) continue;
      const found = imported(path, from, name, seen);
      if (found) return found;
    }
    return undefined;
  }

  return {
    target(path, caller, callee) {
      const [first = "", second] = callee;
      if (first === "this" && second !== undefined) {
        const method = `${caller.split(".")[0]}.${second}`;
        return has(path, method) ? symbolId(path, method) : undefined;
      }
      const found = inFile(path, first, new Set());
      if (found === undefined) return undefined;
      if ("module" in found) {
        const inside = second && exported(found.module, second, new Set());
        return inside && "symbol" in inside ? inside.symbol : undefined;
      }
      if (second === undefined) return found.symbol;
      // A method called by its class, `Subscription.isEmpty()`; an object's methods are not followed.
      const [file = "", name = ""] = found.symbol.split("#");
      return has(file, `${name}.${second}`) ? symbolId(file, `${name}.${second}`) : undefined;
    },
  };
}

interface Binding {
  readonly specifier: string;
  readonly imported: string;
}

function bindingsOf(imports: readonly ImportFact[]): Map<string, Binding> {
  const all = imports.flatMap(({ specifier, bindings }) =>
    bindings.map(({ local, imported }) => [local, { specifier, imported }] as const),
  );
  return new Map(all);
}
