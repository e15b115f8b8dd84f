import { VenvdebError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import { followWords, nameOf, type CommandNode } from "./command-tree.ts";

/** What the parser says of a command line, with the name that was meant and the help that tells more. */
export function usageError(
  message: string,
  argv: readonly string[],
  tree: readonly CommandNode[],
): VenvdebError {
  const unknown = /^Unknown arguments?: (.+)$/.exec(message)?.[1]?.split(", ") ?? [];
  const { node, nodes } = followWords(argv, tree);
  const isCommand = node?.kind === "command";
  const known = isCommand ? Object.keys(node.command.options) : nodes.map(({ word }) => word);
  const near = unknown.map((name) => nearest(name, known)).find((name) => name !== undefined);
  const text =
    unknown.length > 0 ? `${unknown.map((name) => `"${name}"`).join(", ")} is not known` : tidy(message);
  const meant = near === undefined ? "" : ` (did you mean "${isCommand ? "--" : ""}${near}"?)`;
  return invalidUsage(`${text}${meant}`, node && nameOf(node));
}

/** One line, without the parser's capital letters. */
function tidy(message: string): string {
  const line = message.replaceAll(/\s*\n\s*/g, " ");
  return line.charAt(0).toLowerCase() + line.slice(1);
}

/** A USAGE_INVALID, with the help of a command as its hint. */
export function invalidUsage(problem: string, command?: string): VenvdebError {
  return new VenvdebError("USAGE_INVALID", `Cannot read the command line: ${problem}`, {
    exitCode: 2,
    hint: `venvdeb ${command === undefined ? "" : `${command} `}--help`,
  });
}
