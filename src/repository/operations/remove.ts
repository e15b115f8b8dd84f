import { publishSuite, type OpenRepository, type PublishOptions } from "../publish.ts";
import type { Published } from "../types.ts";
import { assembleEdits } from "./edits.ts";
import { isSelected, parseSelector, validateSelected } from "./selectors.ts";
import { parseTarget } from "./targets.ts";
import { listedIn } from "./views.ts";

export interface RemoveOptions extends PublishOptions {
  /** `SUITE`, or `SUITE/COMPONENT`. */
  readonly target: string;
  /** `NAME[=VERSION][:ARCH]` each. */
  readonly selectors: readonly string[];
}

/**
 * Takes packages out of a suite. Their files stay in the pool until nothing names them any more and the grace is over.
 * @throws VenvdebError REPO_NO_SUITE, REPO_NO_COMPONENT, REPO_BAD_SELECTOR, REPO_NO_PACKAGE, and what `publishSuite` throws
 */
export async function removePackages(repository: OpenRepository, options: RemoveOptions): Promise<Published> {
  const target = parseTarget(repository.settings, options.target);
  const selectors = options.selectors.map(parseSelector);
  return publishSuite(
    repository,
    target.suite,
    async (view) => {
      const there = await listedIn(repository, target, view);
      validateSelected(
        selectors,
        there.map(({ listed }) => listed),
        options.target,
      );
      const removed = there.filter(({ listed }) => selectors.some((each) => isSelected(each, listed)));
      return assembleEdits([], removed);
    },
    options,
  );
}
