import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** A real codebase that is there wherever the demo is installed: the sources of RxJS. */
export function rxjsSources(): { readonly folder: string; readonly name: string } {
  const manifest = createRequire(import.meta.url).resolve("rxjs/package.json");
  const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
  return { folder: join(dirname(manifest), "src"), name: `rxjs ${version}` };
}
