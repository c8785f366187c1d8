/** Whether the service can do its work now, and if not, why. */
export type ReadyReport =
  | { readonly ready: true }
  | { readonly ready: false; readonly reason: string };

/** Asks for the report; a question that fails is an answer too. */
export async function askReady(
  ready: () => ReadyReport | Promise<ReadyReport>,
): Promise<ReadyReport> {
  try {
    return await ready();
  } catch (error) {
    return { ready: false, reason: error instanceof Error ? error.message : String(error) };
  }
}
