import { VenvdebError } from "../errors.ts";
import { normalizeName } from "./normalize-name.ts";
import { scanRequirement, type RequirementScanner } from "./requirement-scanner.ts";
import { parseSpecifier, satisfiesClause } from "./specifier.ts";

/** An environment marker (PEP 508, with `extras` and `dependency_groups` of PEP 751). */
export type Marker =
  | { readonly kind: "and" | "or"; readonly operands: readonly Marker[] }
  | {
      readonly kind: "compare";
      readonly left: MarkerOperand;
      readonly operator: string;
      readonly right: MarkerOperand;
    };

/** One side of a comparison. Exactly one of the two is a variable. */
export type MarkerOperand =
  | { readonly kind: "variable"; readonly name: string }
  | { readonly kind: "value"; readonly value: string };

/**
 * Reads an environment marker (PEP 508): `python_version < "3.11" and (extra == "x" or "dev" in dependency_groups)`.
 * @throws VenvdebError PYTHON_BAD_MARKER
 */
export function parseMarker(text: string): Marker {
  const scanner = scanRequirement(text);
  const marker = parseOr(scanner, 0);
  if (marker && scanner.rest() === "") return marker;
  throw new VenvdebError(
    "PYTHON_BAD_MARKER",
    `Cannot read the marker "${text}": "${scanner.rest()}" is not understood (PEP 508, such as python_version < "3.12")`,
  );
}

/** Deeper than anyone writes, and far from the end of the stack. */
const maximumDepth = 100;

function parseOr(scanner: RequirementScanner, depth: number): Marker | undefined {
  return parseChain(scanner, "or", () => parseChain(scanner, "and", () => parseAtom(scanner, depth)));
}

function parseChain(
  scanner: RequirementScanner,
  kind: "and" | "or",
  parseItem: () => Marker | undefined,
): Marker | undefined {
  const first = parseItem();
  if (!first) return undefined;
  const operands = [first];
  while (scanner.take(kind === "and" ? /and\b/y : /or\b/y) !== undefined) {
    const operand = parseItem();
    if (!operand) return undefined;
    operands.push(operand);
  }
  return operands.length === 1 ? first : { kind, operands };
}

function parseAtom(scanner: RequirementScanner, depth: number): Marker | undefined {
  if (scanner.take(/\(/y) === undefined) return parseComparison(scanner);
  if (depth >= maximumDepth) return undefined;
  const marker = parseOr(scanner, depth + 1);
  return scanner.take(/\)/y) === undefined ? undefined : marker;
}

function parseComparison(scanner: RequirementScanner): Marker | undefined {
  const left = parseOperand(scanner);
  const operator = scanner.take(/===|==|~=|!=|<=|>=|<|>|in\b|not[ \t]+in\b/y);
  const right = parseOperand(scanner);
  if (!left || operator === undefined || !right || left.kind === right.kind) return undefined;
  return { kind: "compare", left, operator: operator.startsWith("not") ? "not in" : operator, right };
}

function parseOperand(scanner: RequirementScanner): MarkerOperand | undefined {
  const quoted = scanner.take(/'[^']*'|"[^"]*"/y);
  if (quoted !== undefined) return { kind: "value", value: quoted.slice(1, -1) };
  const name = scanner.take(variableName);
  return name === undefined ? undefined : { kind: "variable", name: canonicalVariable(name) };
}

const variableName =
  /(?:python_version|python_full_version|os[._]name|sys[._]platform|platform_release|platform_system|platform[._]version|platform[._]machine|platform[._]python_implementation|python_implementation|implementation_name|implementation_version|extras?|dependency_groups)\b/y;

/** PEP 345 had other names for some of them. */
function canonicalVariable(name: string): string {
  return name === "python_implementation" ? "platform_python_implementation" : name.replace(".", "_");
}

/** What is asked of a distribution besides its plain self; names in any spelling. */
export interface MarkerContext {
  readonly extras?: ReadonlySet<string>;
  readonly groups?: ReadonlySet<string>;
}

/**
 * Whether a marker is true in an environment (the eleven variables of PEP 508).
 * `extra == "x"` asks whether `x` is among `context.extras`, as `"x" in extras` does.
 * Variables that hold versions compare as versions where both sides allow it; the others know only equality and `in`.
 * @throws VenvdebError PYTHON_BAD_MARKER for a comparison without meaning and for a variable that the environment lacks.
 */
export function evaluateMarker(
  marker: Marker,
  environment: Readonly<Record<string, string>>,
  context: MarkerContext = {},
): boolean {
  if (marker.kind !== "compare") {
    const isTrue = (operand: Marker) => evaluateMarker(operand, environment, context);
    return marker.kind === "and" ? marker.operands.every(isTrue) : marker.operands.some(isTrue);
  }
  const { left, operator, right } = marker;
  const variable = left.kind === "variable" ? left.name : right.kind === "variable" ? right.name : "";
  if (variable === "extra" || variable === "extras")
    return evaluateMembership(marker, variable, context.extras ?? new Set());
  if (variable === "dependency_groups")
    return evaluateMembership(marker, variable, context.groups ?? new Set());
  return compareValues(valueOf(left, environment), operator, valueOf(right, environment), variable);
}

function evaluateMembership(
  marker: Marker & { readonly kind: "compare" },
  variable: string,
  members: ReadonlySet<string>,
): boolean {
  const wanted = marker.left.kind === "value" ? marker.left.value : valueOf(marker.right, {});
  const isMember = [...members].some((member) => normalizeName(member) === normalizeName(wanted));
  const operators = variable === "extra" ? ["==", "!="] : ["in", "not in"];
  const inOrder = variable === "extra" || marker.right.kind === "variable";
  if (!inOrder || !operators.includes(marker.operator))
    throw meaningless(variable, marker.operator, operators);
  return isMember === (marker.operator === operators[0]);
}

function valueOf(operand: MarkerOperand, environment: Readonly<Record<string, string>>): string {
  if (operand.kind === "value") return operand.value;
  const value = environment[operand.name];
  if (value !== undefined) return value;
  throw new VenvdebError(
    "PYTHON_BAD_MARKER",
    `Cannot evaluate a marker: the environment has no "${operand.name}"`,
  );
}

function compareValues(left: string, operator: string, right: string, variable: string): boolean {
  const clause = versionVariables.has(variable) ? parseSpecifier(`${operator}${right}`)?.[0] : undefined;
  if (clause) return satisfiesClause(left, clause);
  switch (operator) {
    case "in":
      return right.includes(left);
    case "not in":
      return !right.includes(left);
    case "==":
    case ">=":
    case "<=":
      return left === right;
    case "!=":
      return left !== right;
    case "<":
    case ">":
      return false;
    default:
      throw meaningless(variable, operator, ["==", "!=", "in", "not in"]);
  }
}

const versionVariables: ReadonlySet<string> = new Set([
  "implementation_version",
  "platform_release",
  "python_full_version",
  "python_version",
]);

function meaningless(variable: string, operator: string, allowed: readonly string[]): VenvdebError {
  return new VenvdebError(
    "PYTHON_BAD_MARKER",
    `Cannot evaluate a marker: "${operator}" on ${variable} has no meaning (${allowed.join(", ")} have, the name of an extra or group to the left of in)`,
  );
}
