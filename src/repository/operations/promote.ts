import pLimit from "p-limit";
import { compareDebianVersions } from "../../deb/version.ts";
import { publishSuite, type OpenRepository, type PublishOptions } from "../publish.ts";
import type { IndexedPackage, Published } from "../types.ts";
import { assembleEdits, distinctFiles } from "./edits.ts";
import { keepStoredObject } from "../keep-object.ts";
import { withPhase } from "./phasing.ts";
import { isSelected, parseSelector, validateSelected, type Selector } from "./selectors.ts";
import { architecturesFor, findComponent, parseTarget, type Target } from "./targets.ts";
import { listedIn, viewSuite, type Listed } from "./views.ts";

export interface PromoteOptions extends PublishOptions {
  /** `SUITE`, or `SUITE/COMPONENT`; both. */
  readonly from: string;
  readonly to: string;
  /** `NAME[=VERSION][:ARCH]` each; none: all packages. */
  readonly selectors: readonly string[];
  /** Of each package the newest version alone. */
  readonly newest?: boolean;
  /** Which part of the machines is offered them there, in percent. */
  readonly phased?: number;
}

/**
 * Lists packages of one suite in another one too: the same files, not built again.
 * @throws VenvdebError REPO_NO_SUITE, REPO_NO_COMPONENT, REPO_NO_ARCHITECTURE, REPO_BAD_SELECTOR, REPO_NO_PACKAGE,
 * REPO_OBJECT_MISSING, REPO_VERSION_CONFLICT, and what `publishSuite` throws
 */
export async function promotePackages(
  repository: OpenRepository,
  options: PromoteOptions,
): Promise<Published> {
  const from = parseTarget(repository.settings, options.from);
  const to = parseTarget(repository.settings, options.to);
  const selectors = options.selectors.map(parseSelector);
  return publishSuite(
    repository,
    to.suite,
    async (view) => {
      const there = await listedIn(repository, from, await viewSuite(repository, from.suite));
      validateSelected(
        selectors,
        there.map(({ listed }) => listed),
        options.from,
      );
      const chosen = choosePromoted(there, selectors, options.newest === true);
      const added = await missingIn(
        chosen.flatMap((each) => placesIn(to, each)),
        options.phased,
      );
      if (options.dryRun !== true) await keepAll(repository, added);
      return assembleEdits(added, []);

      async function missingIn(places: readonly Listed[], phased: number | undefined): Promise<Listed[]> {
        const fresh: Listed[] = [];
        for (const place of places) {
          const { component, architecture } = place.index;
          const former = (await view.index(component, architecture))
            .find(place.listed.name)
            .find((each) => each.version === place.listed.version && each.sha256 === place.listed.sha256);
          if (phased !== undefined)
            fresh.push({ ...place, listed: withPhase(former ?? place.listed, phased) });
          else if (former === undefined) fresh.push(place);
        }
        return fresh;
      }
    },
    options,
  );
}

/** Which of the packages are promoted, each once for each component that lists it. */
export function choosePromoted(
  there: readonly Listed[],
  selectors: readonly Selector[],
  newest: boolean,
): Listed[] {
  const wanted = there.filter(
    ({ listed }) => selectors.length === 0 || selectors.some((each) => isSelected(each, listed)),
  );
  const once = [...new Map(wanted.map((each) => [fileIn(each), each])).values()];
  return newest ? newestOf(once) : once;
}

function fileIn({ index, listed }: Listed): string {
  return `${index.component} ${listed.filename}`;
}

/** Of a name in one component, for one architecture. */
function newestOf(listed: readonly Listed[]): Listed[] {
  const best = new Map<string, Listed>();
  for (const each of listed) {
    const key = `${each.index.component} ${each.listed.name} ${each.listed.architecture}`;
    const former = best.get(key)?.listed.version;
    if (former === undefined || compareDebianVersions(each.listed.version, former) > 0) best.set(key, each);
  }
  return [...best.values()];
}

/** The component of the same name, where no other is asked for. */
function placesIn({ suite, component }: Target, { index, listed }: Listed): Listed[] {
  const there = component ?? findComponent(suite, index.component);
  return architecturesFor(suite, listed).map((architecture) => ({
    index: { component: there, architecture },
    listed,
  }));
}

async function keepAll({ storage, settings }: OpenRepository, added: readonly Listed[]): Promise<void> {
  const limit = pLimit(16);
  const files: IndexedPackage[] = distinctFiles(added.map(({ listed }) => listed));
  await Promise.all(
    files.map(async ({ filename }) =>
      limit(async () => keepStoredObject(storage, filename, settings.retention.graceHours)),
    ),
  );
}
