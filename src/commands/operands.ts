import type { CommandDefinition, OperandSpec } from "./types.ts";

/** The operands of a command, in their order. */
export function operandSpecs({ operands = [] }: CommandDefinition): readonly OperandSpec[] {
  return "count" in operands ? [operands] : operands;
}

/** How an operand is written in a usage line: `<url>`, `[project..]`. */
export function formOf({ name, count }: OperandSpec): string {
  const forms = {
    one: `<${name}>`,
    "at least one": `<${name}..>`,
    optional: `[${name}]`,
    any: `[${name}..]`,
  };
  return forms[count];
}
