import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { createScreen, type Output } from "./screen.ts";

class Recorded implements Output {
  text = "";
  readonly isTTY: boolean;
  readonly columns = 60;

  constructor(isTTY: boolean) {
    this.isTTY = isTTY;
  }

  write(text: string): void {
    this.text += text;
  }
}

function show(output: Recorded, env: Record<string, string> = {}): string {
  const screen = createScreen(output, env);
  const phase = screen.phase("parse");
  phase.progress(1, 4, "files");
  screen.line("something happened");
  phase.done("4 files");
  expect(screen.times.map(({ name }) => name)).toEqual(["parse"]);
  return output.text;
}

test("a file gets plain whole lines, and no bar", () => {
  expect(show(new Recorded(false))).toMatch(
    /^something happened\n {2}parse {7}4 files {2}\d+ ms\n$/,
  );
});

test("a terminal gets a bar, which stays below the lines and gives way to the result", () => {
  const text = show(new Recorded(true), { NO_COLOR: "1" });

  const shown = text.split("\r\x1b[2K");
  expect(shown[0]).toBe("  parse       ███████░░░░░░░░░░░░░░░░░░░░░ 1/4  files");
  expect(shown[1]).toMatch(/^something happened\n {2}parse {7}███████░/);
  expect(shown[2]).toMatch(/^ {2}parse {7}4 files {2}\d+ ms\n$/);
});

test("colours are for terminals alone, and NO_COLOR is heeded", () => {
  const plain = show(new Recorded(true), { NO_COLOR: "1" });
  const coloured = show(new Recorded(true));

  expect(coloured).toContain("\x1b[36m");
  expect(plain).not.toContain("\x1b[36m");
  expect(show(new Recorded(false))).toBe(stripVTControlCharacters(show(new Recorded(false))));
});

test("notes without a terminal are lines, each once", () => {
  const output = new Recorded(false);
  const phase = createScreen(output, {}).phase("engines");

  for (const note of ["downloading", "downloading", "starting"]) phase.note(note);

  expect(output.text).toBe("  engines     downloading\n  engines     starting\n");
});

test("the bar of a phase that failed is taken away, and stays away", () => {
  const output = new Recorded(true);
  const screen = createScreen(output, { NO_COLOR: "1" });
  screen.phase("parse").progress(1, 4, "files");

  screen.close();
  screen.line("failed");

  expect(output.text.endsWith("\r\x1b[2Kfailed\n")).toBe(true);
});

test("a line that is too long for the terminal is cut, so that it can be drawn over", () => {
  const output = new Recorded(true);

  createScreen(output, {}).phase("engines").note("x".repeat(200));

  expect(stripVTControlCharacters(output.text).length).toBeLessThan(output.columns);
});
