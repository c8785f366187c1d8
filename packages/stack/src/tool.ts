import { execFile } from "node:child_process";
import { promisify } from "node:util";

const runFile = promisify(execFile);

/** A program that an installation needs, and what to do where there is none. */
export interface Tool {
  readonly command: string;
  /** "install it with `apt-get install maven`". */
  readonly remedy: string;
}

/**
 * Runs a tool to its end.
 *
 * @returns both of its outputs.
 * @throws ToolMissing where there is no such program; ToolFailed with its output when it fails.
 */
export async function runTool(
  tool: Tool,
  args: readonly string[],
  cwd?: string,
): Promise<{ stdout: string; stderr: string }> {
  try {
    return await runFile(tool.command, args, { maxBuffer: 64 * 1024 * 1024, ...(cwd && { cwd }) });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") throw new ToolMissing(tool, error);
    throw new ToolFailed(tool, args, error);
  }
}

export class ToolMissing extends Error {
  override readonly name = "ToolMissing";

  constructor(tool: Tool, cause: unknown) {
    super(`${tool.command} is not there: ${tool.remedy}`, { cause });
  }
}

export class ToolFailed extends Error {
  override readonly name = "ToolFailed";
  /** Both outputs of the tool. */
  readonly output: string;

  constructor(tool: Tool, args: readonly string[], cause: unknown) {
    const { stdout = "", stderr = "" } = cause as { stdout?: string; stderr?: string };
    const output = `${stdout}${stderr}`.trim();
    super(`${tool.command} ${args.join(" ")} failed\n${output}`, { cause });
    this.output = output;
  }
}
