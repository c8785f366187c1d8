import { COLUMNS, nameOf } from "./columns.ts";
import type { Grounds } from "./grounds.ts";
import type { Language } from "./languages.ts";
import { ROWS } from "./rows.ts";
import type { Runner } from "./runner.ts";
import { Stage } from "./stage.ts";

/** What every column got: by row, then by column, each call's outcome in words. */
export type Played = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

/** What is left of the script in MongoDB, for each column: the ids of its documents. */
export type Left = ReadonlyMap<string, readonly unknown[]>;

/**
 * Plays the script in every column, all columns side by side.
 *
 * @param onProgress hears of every column that is done.
 */
export async function play(
  grounds: Grounds,
  runners: Readonly<Record<Language, Runner>>,
  onProgress: (text: string) => void,
): Promise<{ played: Played; left: Left }> {
  const played = new Map(ROWS.map(({ name }) => [name, new Map<string, readonly string[]>()]));
  const left = new Map<string, readonly unknown[]>();
  const columns = COLUMNS.map(async (column) => {
    const name = nameOf(column);
    const stage = new Stage(grounds, column, runners[column.language]);
    await grounds.db.createCollection(stage.collection);
    for (const row of ROWS) {
      try {
        played.get(row.name)?.set(name, await row.play(stage));
      } catch (cause) {
        throw new Error(`${name}: ${row.name}`, { cause });
      }
    }
    const ids = grounds.db.collection(stage.collection).find().sort({ _id: 1 });
    left.set(name, await ids.map(({ _id }) => _id as unknown).toArray());
    onProgress(`${name}: ${ROWS.length} rows played`);
  });
  // Each is waited for even when one fails, so that nobody calls services that are gone.
  await Promise.allSettled(columns);
  await Promise.all(columns);
  return { played, left };
}
