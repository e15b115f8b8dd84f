import type { Marker, MarkerOperand } from "./marker.ts";
import type { Requirement } from "./requirement.ts";

/** The dependency specifier (PEP 508) of a requirement, in one spelling. */
export function renderRequirement({ name, extras, specifier, url, marker }: Requirement): string {
  const subject = `${name}${extras.length === 0 ? "" : `[${extras.join(",")}]`}`;
  const source = url === undefined ? specifier : ` @ ${url}`;
  return `${subject}${source}${marker === undefined ? "" : ` ; ${renderMarker(marker)}`}`;
}

/** The text of a marker, with the parentheses that it needs. */
export function renderMarker(marker: Marker): string {
  if (marker.kind === "compare")
    return `${renderOperand(marker.left)} ${marker.operator} ${renderOperand(marker.right)}`;
  return marker.operands
    .map((operand) => (operand.kind === "compare" ? renderMarker(operand) : `(${renderMarker(operand)})`))
    .join(` ${marker.kind} `);
}

function renderOperand(operand: MarkerOperand): string {
  if (operand.kind === "variable") return operand.name;
  return operand.value.includes('"') ? `'${operand.value}'` : `"${operand.value}"`;
}
