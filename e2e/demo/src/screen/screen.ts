import { styleText } from "node:util";
import { duration } from "./units.ts";

/** Where the demo is shown: a terminal, or a file that gets whole lines only. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

export type Colour = "bold" | "dim" | "green" | "red" | "yellow" | "cyan";

/** Shows what goes on: one line for each phase, with a bar while it lasts where that can be drawn. */
export interface Screen {
  /** Writes whole lines; a bar that is being shown moves below them. */
  line(text?: string): void;
  phase(name: string): Phase;
  /** Takes away the bar of a phase that did not come to its end. */
  close(): void;
  /** Coloured on a terminal, unless NO_COLOR is set. */
  paint(colour: Colour, text: string): string;
  /** The phases that ended, in order. */
  readonly times: readonly PhaseTime[];
}

export interface Phase {
  /** What is going on in it, in a few words; without a terminal, each is a line. */
  note(text: string): void;
  progress(done: number, total: number, note?: string): void;
  /** Ends the phase, with what came of it. */
  done(result: string): void;
}

export interface PhaseTime {
  readonly name: string;
  readonly ms: number;
}

const NAME_WIDTH = 12;
const BAR_WIDTH = 28;
/** A terminal gets no more than this many pictures of a phase a second. */
const REDRAW_MS = 80;

export function createScreen(
  output: Output,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Screen {
  const live = output.isTTY === true;
  const coloured = live && !env["NO_COLOR"];
  const times: PhaseTime[] = [];
  let shown = ""; // the line that is being redrawn

  const paint = (colour: Colour, text: string): string =>
    coloured ? styleText(colour, text, { validateStream: false }) : text;
  const clear = (): void => {
    if (shown !== "") output.write("\r\x1b[2K");
  };
  const draw = (text: string): void => {
    clear();
    shown = text;
    output.write(text);
  };
  const close = (): void => {
    clear();
    shown = "";
  };
  const line = (text = ""): void => {
    const below = shown;
    close();
    output.write(`${text}\n`);
    if (below !== "") draw(below);
  };

  function phase(name: string): Phase {
    const startedAt = performance.now();
    const title = paint("cyan", name.padEnd(NAME_WIDTH));
    let noted = "";
    let drawnAt = Number.NEGATIVE_INFINITY;
    // A line that the terminal would wrap could not be drawn over.
    const redraw = (bar: string, text: string): void => {
      if (!live || performance.now() - drawnAt < REDRAW_MS) return;
      drawnAt = performance.now();
      const left = (output.columns ?? 80) - 2 - NAME_WIDTH - (bar === "" ? 0 : BAR_WIDTH) - 1;
      draw(`  ${title}${bar}${text.slice(0, Math.max(0, left))}`);
    };
    return {
      note(text) {
        if (live) redraw("", text);
        else if (text !== noted) line(`  ${title}${text}`);
        noted = text;
      },
      progress(done, total, note = "") {
        const filled = Math.round((BAR_WIDTH * done) / Math.max(1, total));
        const bar = "█".repeat(filled) + paint("dim", "░".repeat(BAR_WIDTH - filled));
        const counted = ` ${String(done).padStart(String(total).length)}/${total}  ${note}`;
        redraw(bar, counted);
      },
      done(result) {
        const ms = performance.now() - startedAt;
        times.push({ name, ms });
        close();
        line(`  ${title}${result}${paint("dim", `  ${duration(ms)}`)}`);
      },
    };
  }

  return { line, phase, close, paint, times };
}
