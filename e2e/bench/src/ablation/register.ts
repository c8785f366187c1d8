import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";
import { ABLATION_ENV, ablated, NOTHING, OF_THE_RELAY } from "./ablations.ts";

const wanted = process.env[ABLATION_ENV];
const ablation = OF_THE_RELAY.find(({ name }) => name === wanted);
if (ablation === undefined && wanted !== NOTHING) {
  throw new Error(`no ablation is called "${wanted}"`);
}

registerHooks({
  load: (url, context, nextLoad) => {
    if (!url.startsWith("file:")) return nextLoad(url, context);
    const path = fileURLToPath(url);
    const source = ablation && ablated(ablation, path, () => readFileSync(path, "utf8"));
    if (source === undefined) return nextLoad(url, context);
    return { format: "module-typescript", source, shortCircuit: true };
  },
});
