import { freePort } from "./ports.ts";
import { type ManagedProcess, ProcessFailed } from "./process.ts";

/**
 * Starts a child on the given port, or on a free one. A free port may be taken by somebody else
 * between our look and the child's own; then another is tried, three in all.
 */
export async function onSomePort(
  given: number | undefined,
  start: (port: number) => Promise<ManagedProcess>,
): Promise<{ child: ManagedProcess; port: number }> {
  for (let attempt = 1; ; attempt++) {
    const port = given ?? (await freePort());
    try {
      return { child: await start(port), port };
    } catch (error) {
      if (given !== undefined || attempt === 3 || !isPortTaken(error)) throw error;
    }
  }
}

function isPortTaken(error: unknown): boolean {
  return error instanceof ProcessFailed && /address already in use/i.test(error.message);
}
