import type { OpenRepository, PublishOptions, SignerSource } from "../../repository/publish.ts";
import { PUBLISH_STEPS } from "../../repository/publish-steps.ts";
import type { Published } from "../../repository/types.ts";
import type { CommandContext } from "../types.ts";
import { refreshPage, warnOfKeys } from "./after-publishing.ts";
import { renderPublished, publishedJson } from "./render-published.ts";
import { signerOptions, type SigningValues } from "./signing.ts";

export interface PublishingCommand {
  readonly url: string;
  /** Of the step that is shown: `Add packages`. */
  readonly title: string;
  readonly options: SigningValues & { readonly "dry-run": boolean; readonly json: boolean };
  readonly context: CommandContext;
  /** Reads everything from the storage, to find damage, or since it goes through many releases. */
  readonly isFresh?: boolean;
}

/** What a command does in an open repository; `detail` is shown while it works. */
export type Publishing = (
  repository: OpenRepository,
  options: PublishOptions,
  detail: (text: string, done?: number, total?: number) => void,
) => Promise<readonly Published[]>;

/** Opens a repository, lets a command publish in it, brings the page up to date, and prints what has changed. */
export async function publishIn(command: PublishingCommand, run: Publishing): Promise<0> {
  const { context, options } = command;
  const [{ openRepository }, { rememberIndexes }] = await Promise.all([
    import("../../repository/open.ts"),
    import("../../repository/index/known.ts"),
  ]);
  const { host, reporter } = context;
  const dryRun = options["dry-run"];
  const repository = await openRepository(command.url, host);
  if (command.isFresh !== true) rememberIndexes(repository.storage);
  const signers = signersWhenNeeded(async () => {
    const { chooseSigners } = await import("../../repository/sign/choose.ts");
    return chooseSigners(repository.settings.keys, signerOptions(options), host);
  });
  const published = await reporter.step(command.title, async (progress) =>
    run(repository, { signers, dryRun, onProgress: (step) => progress(PUBLISH_STEPS[step]) }, progress),
  );
  if (published.some(({ outcome }) => outcome === "published")) {
    await warnOfKeys(repository, reporter);
    await refreshPage(repository, reporter);
  }
  context.write(options.json ? publishedJson(published) : published.map(renderPublished).join(""));
  return 0;
}

/** An unchanged suite is not signed, and to load the code that signs takes longer than to see that. */
function signersWhenNeeded(choose: SignerSource): SignerSource {
  let chosen: ReturnType<SignerSource> | undefined;
  return async () => {
    chosen ??= choose();
    return chosen;
  };
}
