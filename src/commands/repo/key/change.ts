import type { OpenRepository } from "../../../repository/publish.ts";
import type { RepositoryKey } from "../../../repository/types.ts";
import type { CommandContext } from "../../types.ts";
import { refreshPage, warnOfKeys } from "../after-publishing.ts";
import { publishedJson, renderPublished } from "../render-published.ts";
import { signerOptions, type SigningValues } from "../signing.ts";

export interface KeyChange {
  readonly repository: OpenRepository;
  /** Of the step that is shown. */
  readonly title: string;
  readonly options: SigningValues & { readonly json: boolean };
  readonly context: CommandContext;
  readonly change: (keys: readonly RepositoryKey[]) => readonly RepositoryKey[];
}

/** Changes the keys, signs every suite anew, and prints what was published. */
export async function changeKeysIn({ repository, title, options, context, change }: KeyChange): Promise<0> {
  const { changeKeys } = await import("../../../repository/operations/keys.ts");
  const { host, reporter } = context;
  const signing = signerOptions(options);
  const changed = await reporter.step(title, async () => changeKeys(repository, change, { signing, host }));
  await warnOfKeys(changed.repository, reporter);
  await refreshPage(changed.repository, reporter);
  const { published } = changed;
  context.write(options.json ? publishedJson(published) : published.map(renderPublished).join(""));
  return 0;
}
