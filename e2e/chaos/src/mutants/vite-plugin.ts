import { mutantInForce, mutated } from "./in-force.ts";

interface Plugin {
  readonly name: string;
  readonly enforce: "pre";
  config(): { readonly test: { readonly fsModuleCache: false } };
  transform(source: string, id: string): string | undefined;
}

/** The mutant in force, for suites of vitest; nothing while there is none. */
export function mutantPlugins(): Plugin[] {
  const mutant = mutantInForce();
  if (mutant === undefined) return [];
  return [
    {
      name: "outgraph-mutant",
      enforce: "pre",
      // What is mutated must outlive nothing, nor may anything else be taken for it.
      config: () => ({ test: { fsModuleCache: false } }),
      transform: (source, id) => mutated(mutant, id.split("?")[0] ?? id, () => source),
    },
  ];
}
