import { VenvdebError } from "../../errors.ts";
import { parseSettings } from "../settings.ts";
import type { RepositorySettings, Retention, Suite } from "../types.ts";

/** What `repo init` is told; what it is not told stays, or is the usual. */
export interface SettingsRequest {
  /** `NAME`, or `NAME:CODENAME`. */
  readonly suites: readonly string[];
  readonly origin?: string;
  readonly label?: string;
  readonly description?: string;
  readonly publicUrl?: string;
  /** Of the suites that are named, of all where none is. */
  readonly components: readonly string[];
  readonly architectures: readonly string[];
  /** Where a new repository names none. */
  readonly hostArchitecture: string;
  readonly flat: boolean;
  readonly contents: boolean;
  readonly compressions: readonly RepositorySettings["compressions"][number][];
  readonly versions?: number;
  readonly days?: number;
  readonly graceHours?: number;
  readonly validForDays?: number;
}

/**
 * The settings of a repository after `repo init`, without its keys.
 * @throws VenvdebError REPO_INCOMPLETE, REPO_LAYOUT_FIXED, REPO_BAD_SETTINGS
 */
export function mergeSettings(
  before: RepositorySettings | undefined,
  request: SettingsRequest,
): RepositorySettings {
  if (before !== undefined && request.flat && before.layout !== "flat") throw fixedLayout();
  const base = before ?? newSettings(request);
  const { origin = base.origin, label = base.label, description, publicUrl } = request;
  const merged: RepositorySettings = {
    ...base,
    origin,
    label,
    ...(description === undefined ? {} : { description }),
    ...(publicUrl === undefined ? {} : { publicUrl: publicUrl.replace(/\/+$/, "") }),
    contents: base.contents || request.contents,
    compressions: request.compressions.length > 0 ? request.compressions : base.compressions,
    suites: mergeSuites(base.suites, request),
    retention: mergeRetention(base.retention, request),
  };
  return parseSettings(JSON.stringify(merged));
}

function newSettings({ origin, label, suites, flat }: SettingsRequest): RepositorySettings {
  const missing = [
    ...(suites.length === 0 && !flat ? ["--suite"] : []),
    ...(origin === undefined ? ["--origin"] : []),
    ...(label === undefined ? ["--label"] : []),
  ];
  if (origin === undefined || label === undefined || missing.length > 0)
    throw new VenvdebError(
      "REPO_INCOMPLETE",
      `Cannot make a repository: ${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} not given`,
      { exitCode: 2, hint: 'venvdeb repo init URL --suite stable --origin "Example" --label "Example"' },
    );
  return {
    format: 1,
    origin,
    label,
    layout: flat ? "flat" : "pool",
    suites: [],
    compressions: ["plain", "gz", "xz"],
    contents: false,
    retention: { graceHours: 48, releases: 10 },
    keys: [],
    severalPublishers: true,
  };
}

function fixedLayout(): VenvdebError {
  return new VenvdebError(
    "REPO_LAYOUT_FIXED",
    "Cannot make the repository flat: it has suites below dists/, which clients name (wanted: --flat when it is made)",
    { hint: "make a second repository with --flat, and add the packages to it" },
  );
}

function mergeSuites(before: readonly Suite[], request: SettingsRequest): Suite[] {
  const named = request.suites.length > 0 || before.length > 0 ? request.suites : ["stable"];
  const wanted = new Map(named.map((text) => [nameIn(text), codenameIn(text)]));
  const all = request.suites.length === 0;
  const kept = before.map((suite) =>
    all || wanted.has(suite.name) ? extendSuite(suite, request, wanted.get(suite.name)) : suite,
  );
  const known = new Set(before.map(({ name }) => name));
  const added = [...wanted].flatMap(([name, codename]) =>
    known.has(name) ? [] : [newSuite(name, codename, request, before[0])],
  );
  return [...kept, ...added];
}

function nameIn(text: string): string {
  return text.split(":", 1)[0] ?? text;
}

function codenameIn(text: string): string | undefined {
  const colon = text.indexOf(":");
  return colon === -1 ? undefined : text.slice(colon + 1);
}

function extendSuite(suite: Suite, request: SettingsRequest, codename: string | undefined): Suite {
  const { components, architectures, validForDays } = request;
  return {
    ...suite,
    codename: codename ?? suite.codename,
    components: union(suite.components, components),
    architectures: union(suite.architectures, architectures),
    ...(validForDays === undefined ? {} : { validForDays }),
  };
}

/** As the first suite is, where nothing is said. */
function newSuite(
  name: string,
  codename: string | undefined,
  request: SettingsRequest,
  like: Suite | undefined,
): Suite {
  const { components, architectures, hostArchitecture, validForDays } = request;
  return {
    name,
    codename: codename ?? name,
    components: components.length > 0 ? components : (like?.components ?? ["main"]),
    architectures: architectures.length > 0 ? architectures : (like?.architectures ?? [hostArchitecture]),
    ...(validForDays === undefined ? {} : { validForDays }),
  };
}

function union(before: readonly string[], added: readonly string[]): string[] {
  return [...new Set([...before, ...added])];
}

function mergeRetention(before: Retention, { versions, days, graceHours }: SettingsRequest): Retention {
  return {
    ...before,
    ...(versions === undefined ? {} : { versions }),
    ...(days === undefined ? {} : { days }),
    ...(graceHours === undefined ? {} : { graceHours }),
  };
}
