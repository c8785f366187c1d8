import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";
import { mutantInForce, mutated } from "./in-force.ts";

// For `node --import`: programs, their workers and, by NODE_OPTIONS, the processes that they start.
const mutant = mutantInForce();
if (mutant !== undefined) {
  registerHooks({
    load: (url, context, nextLoad) => {
      if (!url.startsWith("file:")) return nextLoad(url, context);
      const path = fileURLToPath(url);
      const source = mutated(mutant, path, () => readFileSync(path, "utf8"));
      if (source === undefined) return nextLoad(url, context);
      return { format: "module-typescript", source, shortCircuit: true };
    },
  });
}
