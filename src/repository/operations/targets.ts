import { VenvdebError } from "../../errors.ts";
import { nearest } from "../../nearest.ts";
import type { RepositorySettings, Suite } from "../types.ts";

/** One index of a suite. */
export interface IndexName {
  readonly component: string;
  readonly architecture: string;
}

/** A suite, and a component of it where one is named. */
export interface Target {
  readonly suite: Suite;
  readonly component: string | undefined;
}

/**
 * Finds a suite by its name, or by its codename where no suite has that name.
 * @throws VenvdebError REPO_NO_SUITE
 */
export function findSuite({ suites }: RepositorySettings, name: string): Suite {
  const found =
    suites.find((suite) => suite.name === name) ?? suites.find(({ codename }) => codename === name);
  if (found !== undefined) return found;
  const names = suites.map((suite) => suite.name);
  throw new VenvdebError(
    "REPO_NO_SUITE",
    `Cannot find the suite "${name}": the repository has ${names.join(", ")}${didYouMean(name, names)}`,
    { hint: `venvdeb repo init URL --suite ${name}   (adds it)`, exitCode: 2 },
  );
}

/**
 * Reads `SUITE` or `SUITE/COMPONENT`.
 * @throws VenvdebError REPO_NO_SUITE, REPO_NO_COMPONENT
 */
export function parseTarget(settings: RepositorySettings, text: string): Target {
  const slash = settings.layout === "flat" ? -1 : text.indexOf("/");
  if (slash === -1) return { suite: findSuite(settings, text), component: undefined };
  const suite = findSuite(settings, text.slice(0, slash));
  return { suite, component: findComponent(suite, text.slice(slash + 1)) };
}

/** @throws VenvdebError REPO_NO_COMPONENT */
export function findComponent({ name, components }: Suite, wanted: string): string {
  if (components.includes(wanted)) return wanted;
  throw new VenvdebError(
    "REPO_NO_COMPONENT",
    `Cannot find the component "${wanted}": the suite ${name} has ${components.join(", ")}${didYouMean(wanted, components)}`,
    { hint: `venvdeb repo init URL --component ${wanted}   (adds it)`, exitCode: 2 },
  );
}

/** The indexes of a suite, or of one of its components. A flat repository has one. */
export function indexNames(
  { layout }: Pick<RepositorySettings, "layout">,
  { suite, component }: Target,
): readonly IndexName[] {
  const components = component === undefined ? suite.components : [component];
  const all = components.flatMap((name) =>
    suite.architectures.map((architecture) => ({ component: name, architecture })),
  );
  return layout === "flat" ? all.slice(0, 1) : all;
}

/**
 * In which indexes of a component a package is listed: `all` in that of every architecture.
 * @throws VenvdebError REPO_NO_ARCHITECTURE
 */
export function architecturesFor(
  suite: Suite,
  { name, architecture }: { readonly name: string; readonly architecture: string },
): readonly string[] {
  if (architecture === "all") return suite.architectures;
  if (suite.architectures.includes(architecture)) return [architecture];
  throw new VenvdebError(
    "REPO_NO_ARCHITECTURE",
    `Cannot list "${name}" in ${suite.name}: it is for ${architecture} (the suite has ${suite.architectures.join(", ")})`,
    { hint: `venvdeb repo init URL --arch ${architecture}   (adds it)` },
  );
}

function didYouMean(typed: string, known: readonly string[]): string {
  const near = nearest(typed, known);
  return near === undefined ? "" : ` (did you mean "${near}"?)`;
}
