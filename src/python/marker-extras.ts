import type { Marker, MarkerOperand } from "./marker.ts";
import { normalizeName } from "./normalize-name.ts";

/** The extras that a marker names, normalised. */
export function extrasOf(marker: Marker): readonly string[] {
  if (marker.kind !== "compare") return marker.operands.flatMap(extrasOf);
  const { name, value } = sides(marker);
  return name === "extra" || name === "extras" ? [normalizeName(value)] : [];
}

/** What is left of a marker once the set of extras is known: `true`, `false` or the rest. */
export function assumeExtras(marker: Marker, extras: ReadonlySet<string>): Marker | boolean {
  if (marker.kind === "compare") {
    const { name, value } = sides(marker);
    if (name !== "extra" && name !== "extras") return marker;
    const negated = marker.operator === "!=" || marker.operator === "not in";
    return extras.has(normalizeName(value)) !== negated;
  }
  const decisive = marker.kind === "or";
  const operands = marker.operands.map((operand) => assumeExtras(operand, extras));
  if (operands.includes(decisive)) return decisive;
  const [first, ...others] = operands.filter((operand) => typeof operand !== "boolean");
  if (first === undefined) return !decisive;
  return others.length === 0 ? first : { kind: marker.kind, operands: [first, ...others] };
}

function sides(marker: Marker & { readonly kind: "compare" }): { name: string; value: string } {
  const { left, right } = marker;
  return left.kind === "variable"
    ? { name: left.name, value: textOf(right) }
    : { name: textOf(right), value: left.value };
}

function textOf(operand: MarkerOperand): string {
  return operand.kind === "variable" ? operand.name : operand.value;
}
