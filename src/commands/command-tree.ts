import type { CommandDefinition, CommandGroup } from "./types.ts";

/** A word of the command line that is a command, or leads to others. */
export type CommandNode =
  | { readonly kind: "command"; readonly word: string; readonly command: CommandDefinition }
  | GroupNode;

export interface GroupNode {
  readonly kind: "group";
  readonly word: string;
  readonly group: CommandGroup;
  readonly children: readonly CommandNode[];
}

/** Puts commands below the groups that their names lead through, each where its first command is. */
export function assembleTree(
  commands: readonly CommandDefinition[],
  groups: readonly CommandGroup[],
  depth = 0,
): CommandNode[] {
  const nodes = new Map<string, CommandNode>();
  for (const command of commands) {
    const words = command.name.split(" ");
    const word = words[depth] ?? command.name;
    if (nodes.has(word)) continue;
    const path = words.slice(0, depth + 1).join(" ");
    nodes.set(word, path === command.name ? { kind: "command", word, command } : groupNode(path));
  }
  return [...nodes.values()];

  function groupNode(path: string): GroupNode {
    const group = groups.find(({ name }) => name === path);
    if (group === undefined) throw new Error(`No group of commands is named "${path}"`);
    const below = commands.filter(({ name }) => name.startsWith(`${path} `));
    const word = path.slice(path.lastIndexOf(" ") + 1);
    return { kind: "group", word, group, children: assembleTree(below, groups, depth + 1) };
  }
}

/** Where a command line has led to: a command, a group, or the whole program. */
export interface Reached {
  readonly node: CommandNode | undefined;
  /** The last group on the way. */
  readonly group: GroupNode | undefined;
  /** What could follow the group. */
  readonly nodes: readonly CommandNode[];
  /** The command line without the words that led to the group. */
  readonly rest: readonly string[];
}

/** Follows a command line through the tree as far as its words are known; options are stepped over. */
export function followWords(argv: readonly string[], tree: readonly CommandNode[]): Reached {
  let reached: Reached = { node: undefined, group: undefined, nodes: tree, rest: argv };
  for (;;) {
    const index = reached.rest.findIndex((word) => !word.startsWith("-"));
    const node = reached.nodes.find(({ word }) => word === reached.rest[index]);
    if (node?.kind !== "group") return node === undefined ? reached : { ...reached, node };
    const rest = reached.rest.filter((_, at) => at !== index);
    reached = { node, group: node, nodes: node.children, rest };
  }
}

/** The name of a node as it is typed after `venvdeb`. */
export function nameOf(node: CommandNode): string {
  return node.kind === "command" ? node.command.name : node.group.name;
}
