/** A row: a name, a number or other short value, and words about it. `undefined` stands for a rule. */
export type Row =
  | {
      readonly name: string;
      readonly value: string;
      readonly note?: string;
      readonly bad?: boolean;
    }
  | undefined;

/** How the parts of a table are painted; colours must not change what is there. */
export interface Paint {
  readonly frame: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly note: (text: string) => string;
}

const PLAIN: Paint = {
  frame: (text) => text,
  good: (text) => text,
  bad: (text) => text,
  note: (text) => text,
};

/** Draws rows in a box: names to the left, values to the right, notes after them. */
export function table(rows: readonly Row[], paint: Paint = PLAIN): string {
  const cells = rows.filter((row) => row !== undefined);
  const width = (of: (row: (typeof cells)[number]) => string): number =>
    Math.max(0, ...cells.map((row) => [...of(row)].length));
  const names = width(({ name }) => name);
  const values = width(({ value }) => value);
  const notes = width(({ note = "" }) => note);
  const rule = (left: string, middle: string, right: string): string =>
    paint.frame(
      left + "─".repeat(names + 2) + middle + "─".repeat(values + 2 + (notes && notes + 2)) + right,
    );
  const side = paint.frame("│");
  const body = rows.map((row) => {
    if (row === undefined) return rule("├", "┼", "┤");
    const { name, value, note = "", bad } = row;
    const padded = value.padStart(values);
    const shown = bad === undefined ? padded : bad ? paint.bad(padded) : paint.good(padded);
    const after = notes === 0 ? "" : `  ${paint.note(note.padEnd(notes))}`;
    return `${side} ${name.padEnd(names)} ${side} ${shown}${after} ${side}`;
  });
  return [rule("┌", "┬", "┐"), ...body, rule("└", "┴", "┘")].join("\n");
}
