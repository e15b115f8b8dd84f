import pLimit from "p-limit";
import { groupBy } from "../../dependencies/group-by.ts";
import { readRecord } from "../package-record.ts";
import { publishSuite, type OpenRepository, type PublishOptions } from "../publish.ts";
import type { SuiteView } from "../publication/view.ts";
import type { IndexedPackage, Published, Suite } from "../types.ts";
import { collectGarbage, type Collected } from "./collect.ts";
import { assembleEdits } from "./edits.ts";
import { findSuite, indexNames } from "./targets.ts";
import type { Listed } from "./views.ts";

export interface RetainOptions extends PublishOptions {
  /** Nothing: every suite. */
  readonly suite?: string;
  /** In the place of the repository's own. */
  readonly versions?: number;
  readonly days?: number;
}

export interface Retained {
  readonly suites: readonly Published[];
  readonly collected: Collected;
}

/** How many of what age stay; at least one of the two. */
export interface RetentionRule {
  readonly versions?: number;
  readonly days?: number;
}

/**
 * Takes older versions out of the suites, one publication each, and then the files that nothing names any more. Without
 * a rule, here or in the settings, only the latter.
 * @throws VenvdebError REPO_NO_SUITE, and what `publishSuite` and `collectGarbage` throw
 */
export async function retainPackages(repository: OpenRepository, options: RetainOptions): Promise<Retained> {
  const { settings } = repository;
  const suites = options.suite === undefined ? settings.suites : [findSuite(settings, options.suite)];
  const rule = ruleOf(settings.retention, options);
  const published: Published[] = [];
  if (rule !== undefined)
    for (const suite of suites) published.push(await retainSuite(repository, suite, rule, options));
  return { suites: published, collected: await collectGarbage(repository, options) };
}

function ruleOf(kept: RetentionRule, given: RetentionRule): RetentionRule | undefined {
  const chosen = given.versions === undefined && given.days === undefined ? kept : given;
  const { versions, days } = chosen;
  if (versions === undefined && days === undefined) return undefined;
  return { ...(versions === undefined ? {} : { versions }), ...(days === undefined ? {} : { days }) };
}

async function retainSuite(
  repository: OpenRepository,
  suite: Suite,
  rule: RetentionRule,
  options: RetainOptions,
): Promise<Published> {
  const now = await repository.storage.now();
  return publishSuite(
    repository,
    suite,
    async (view) => assembleEdits([], await olderIn(repository, suite, view, { rule, now })),
    options,
  );
}

async function olderIn(
  repository: OpenRepository,
  suite: Suite,
  view: SuiteView,
  { rule, now }: { readonly rule: RetentionRule; readonly now: Date },
): Promise<Listed[]> {
  const removed: Listed[] = [];
  for (const index of indexNames(repository.settings, { suite, component: undefined })) {
    const listed = (await view.index(index.component, index.architecture)).packages();
    const older = beyondVersions([...listed], rule);
    const gone = rule.days === undefined ? older : await olderThan(repository, older, now, rule.days);
    removed.push(...gone.map((each) => ({ index, listed: each })));
  }
  return removed;
}

/**
 * What of an index the number of versions alone would not keep: never the newest version of a name. Packages come in the
 * order of names and versions.
 */
export function beyondVersions(
  packages: readonly IndexedPackage[],
  { versions = 1 }: RetentionRule,
): IndexedPackage[] {
  return [...groupBy(packages, ({ name }) => name).values()].flatMap((all) => {
    const order = [...new Set(all.map(({ version }) => version))];
    const kept = new Set(order.slice(-Math.max(1, versions)));
    return all.filter(({ version }) => !kept.has(version));
  });
}

async function olderThan(
  { storage }: OpenRepository,
  packages: readonly IndexedPackage[],
  now: Date,
  days: number,
): Promise<IndexedPackage[]> {
  const limit = pLimit(16);
  const start = now.getTime() - days * 86_400_000;
  const older = await Promise.all(
    packages.map(async (each) =>
      limit(async () => {
        const added = (await readRecord(storage, each.sha256))?.added;
        const time = added === undefined ? (await storage.stat(each.filename))?.modified : new Date(added);
        return time !== undefined && time.getTime() >= start ? [] : [each];
      }),
    ),
  );
  return older.flat();
}
