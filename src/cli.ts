import { readToolVersion } from "./effects/tool-version.ts";
import { messageOf, VenvdebError } from "./errors.ts";

/**
 * Runs the program and gives its exit code: 0 ok, 1 a problem of the input or the world, 2 wrong usage or settings,
 * 70 our own bug. Results go to standard output, everything else to standard error.
 */
export async function main(argv: readonly string[]): Promise<number> {
  const version = readToolVersion();
  if (argv.length === 1 && argv[0] === "--version") {
    process.stdout.write(`${version}\n`);
    return 0;
  }
  try {
    return await run(argv, version);
  } catch (error) {
    return await reportFailure(error, argv);
  }
}

async function run(argv: readonly string[], version: string): Promise<number> {
  const { COMMANDS, GROUPS } = await import("./commands/registry.ts");
  const world = { commands: COMMANDS, groups: GROUPS, columns: process.stdout.columns || 100 };
  const { helpFor } = await import("./commands/render-help.ts");
  const help = helpFor(argv, world);
  if (help !== undefined) {
    write(`${help}\n`);
    return 0;
  }
  const { parseArguments } = await import("./commands/parse-arguments.ts");
  const invocation = await parseArguments(argv, { ...world, version });
  if (invocation.kind === "text") {
    write(`${invocation.text}\n`);
    return 0;
  }
  const [{ readHost }, { createReporter }, { handleSignals }] = await Promise.all([
    import("./effects/host.ts"),
    import("./effects/terminal-reporter.ts"),
    import("./effects/signals.ts"),
  ]);
  handleSignals();
  const { command, options, operands, verbose } = invocation;
  const reporter = createReporter({ stream: process.stderr, ...terminalFacts(), verbose });
  return await command.handler({ options, operands, context: { host: readHost(), reporter, write } });
}

function write(text: string): void {
  process.stdout.write(text);
}

/** A CI job's log may look like a terminal. */
function terminalFacts(): { interactive: boolean; color: boolean } {
  const { CI, NO_COLOR, TERM } = process.env;
  const capable = process.stderr.isTTY && TERM !== "dumb";
  return { interactive: capable && (CI ?? "") === "", color: capable && (NO_COLOR ?? "") === "" };
}

async function reportFailure(error: unknown, argv: readonly string[]): Promise<number> {
  const { stopIfInterrupted } = await import("./effects/interruption.ts");
  await stopIfInterrupted();
  const { renderError } = await import("./effects/terminal-reporter.ts");
  if (error instanceof VenvdebError) {
    process.stderr.write(renderError(error, terminalFacts().color));
    if (argv.includes("-v") || argv.includes("--verbose")) process.stderr.write(causesOf(error));
    return error.exitCode;
  }
  const { redactSecrets } = await import("./effects/redact.ts");
  const stack = error instanceof Error ? (error.stack ?? error.message) : messageOf(error);
  process.stderr.write(`${redactSecrets(stack)}\n${BUG}`);
  return 70;
}

const BUG = `This is a bug in venvdeb, not in your project. Please report it with the lines above,
the command line and the output of "venvdeb --version": see CONTRIBUTING.md.
`;

function causesOf(error: Error): string {
  if (error.cause === undefined) return "";
  const deeper = error.cause instanceof Error ? causesOf(error.cause) : "";
  return `caused by: ${messageOf(error.cause)}\n${deeper}`;
}
