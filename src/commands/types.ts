import type { Host } from "../effects/host.ts";
import type { Reporter } from "../reporter.ts";

/**
 * One command as data: registry.ts lists them, parse-arguments.ts turns them into yargs. A handler imports what it
 * works with when it runs, so that the others start fast.
 */
export interface CommandDefinition<Options extends OptionSpecs = OptionSpecs> {
  /** One word, or several that lead through groups: `repo key create`. */
  readonly name: string;
  /** One line. */
  readonly summary: string;
  /** In their order; only the last may be more than one. */
  readonly operands?: OperandSpec | readonly OperandSpec[];
  readonly options: Options;
  /** At least one; the first shows the usual call. */
  readonly examples: readonly [Example, ...Example[]];
  /** Gives the exit code: 0, or 1 when what was asked about is not good. */
  handler(input: CommandInput<Options>): Promise<0 | 1>;
}

/** What commands whose names begin alike have in common: `repo`, `repo key`. */
export interface CommandGroup {
  readonly name: string;
  /** One line. */
  readonly summary: string;
}

interface Example {
  /** Without `venvdeb`. */
  readonly command: string;
  readonly says: string;
}

/** What stands on the command line without an option. */
export interface OperandSpec {
  readonly name: string;
  readonly describe: string;
  readonly count: "one" | "at least one" | "optional" | "any";
  readonly choices?: readonly string[];
  /** What stands in when there is none, for the help. */
  readonly fallback?: string;
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** `count`: a whole number of at least 1. `list`: every value of the option, which may be there several times. */
export type OptionSpec = {
  readonly describe: string;
  readonly alias?: string;
  /** What stands in when it is not given, for the help. */
  readonly fallback?: string;
} & (
  | { readonly type: "flag" }
  | {
      readonly type: "count";
      readonly default?: number;
      /** Where it is not 1. */
      readonly minimum?: number;
    }
  | {
      readonly type: "text";
      readonly default?: string;
      readonly choices?: readonly string[];
      readonly form?: OptionForm;
    }
  | { readonly type: "list"; readonly choices?: readonly string[]; readonly form?: OptionForm }
);

/** What a value must look like, for the program and in words. */
export interface OptionForm {
  readonly pattern: RegExp;
  readonly wanted: string;
}

interface CommandInput<Options extends OptionSpecs> {
  readonly options: OptionValues<Options>;
  readonly operands: readonly string[];
  readonly context: CommandContext;
}

export interface CommandContext {
  readonly host: Host;
  readonly reporter: Reporter;
  /** Writes a result to standard output, as it is. */
  write(text: string): void;
}

type OptionValues<Options extends OptionSpecs> = {
  readonly [Name in keyof Options]: ValueOf<Options[Name]>;
};

type ValueOf<Spec> = Spec extends { type: "flag" }
  ? boolean
  : Spec extends { type: "list" }
    ? readonly GivenOf<Spec>[]
    : Spec extends { default: unknown }
      ? GivenOf<Spec>
      : GivenOf<Spec> | undefined;

type GivenOf<Spec> = Spec extends { type: "count" }
  ? number
  : Spec extends { choices: readonly (infer Choice)[] }
    ? Choice
    : string;

/** Keeps the types of a command's options for its handler. */
export function defineCommand<const Options extends OptionSpecs>(
  command: CommandDefinition<Options>,
): CommandDefinition<Options> {
  return command;
}
