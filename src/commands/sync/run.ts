import { resolve } from "node:path";
import type { OpenRepository } from "../../repository/publish.ts";
import type { Fleet } from "../../sync/fleet/types.ts";
import type { SyncPublished } from "../../sync/publish.ts";
import { createSourceOpener } from "../../sync/read-sources.ts";
import { surveyFleet, type Survey } from "../../sync/survey.ts";
import { syncFleet } from "../../sync/sync.ts";
import type { SyncPlan } from "../../sync/types.ts";
import { signerOptions, type SigningValues } from "../repo/signing.ts";
import type { CommandContext } from "../types.ts";
import { invalidUsage } from "../usage-error.ts";
import { outcomeJson, publishedLines, renderExplanation, tellOutcome } from "./render.ts";

export interface SyncValues extends SigningValues {
  readonly plan: "json" | undefined;
  readonly explain: boolean;
  readonly json: boolean;
  readonly builds: number | undefined;
  readonly watch: boolean;
  readonly interval: number;
  readonly listen: string | undefined;
  readonly "webhook-secret-file": string | undefined;
  readonly from: string | undefined;
  readonly job: readonly string[];
  readonly output: string;
  readonly previous: string | undefined;
  readonly publish: string | undefined;
}

/** @throws VenvdebError USAGE_INVALID */
export function refuseMixed(values: SyncValues): void {
  const { from, job, publish, previous, watch: watches, listen, plan, explain } = values;
  const chosen = [
    ...(from === undefined ? [] : ["--from"]),
    ...(watches ? ["--watch"] : []),
    ...(plan === undefined ? [] : ["--plan"]),
    ...(explain ? ["--explain"] : []),
  ];
  if (chosen.length > 1) throw invalidUsage(`${chosen.join(" and ")} exclude one another`, "sync");
  if (from === undefined && (job.length > 0 || publish !== undefined))
    throw invalidUsage("--job and --publish need a plan: --from plan.json", "sync");
  if (from !== undefined && job.length > 0 === (publish !== undefined))
    throw invalidUsage("--from needs either --job or --publish", "sync");
  if (previous !== undefined && plan === undefined && job.length === 0)
    throw invalidUsage("--previous needs --plan or --job", "sync");
  if (listen !== undefined && !watches) throw invalidUsage("--listen needs --watch", "sync");
}

/** Prints the plan as JSON or as sentences. Problems of sources are in it, so it ends well all the same. */
export async function showPlan(fleet: Fleet, values: SyncValues, context: CommandContext): Promise<0> {
  const { host, reporter } = context;
  const open = createSourceOpener(host);
  const survey = await surveyFleet(fleet, { open, host, reporter, retry: true });
  const plan = values.previous === undefined ? survey.plan : await described(survey, values.previous, host);
  context.write(values.plan === "json" ? `${JSON.stringify(plan, undefined, 2)}\n` : renderExplanation(plan));
  return 0;
}

async function described(
  { plan, repository, state }: Survey,
  folder: string,
  { cwd }: CommandContext["host"],
): Promise<SyncPlan> {
  const [{ describeForPlan }, { previousIn }] = await Promise.all([
    import("../../sync/describe-previous.ts"),
    import("../../sync/previous.ts"),
  ]);
  return await describeForPlan(plan, previousIn(repository, state), resolve(cwd, folder));
}

/** Gives 1 when anything failed: a source, a job, or a suite that could not be published. */
export async function runOnce(
  fleet: Fleet,
  values: SyncValues & { readonly retry: boolean },
  context: CommandContext,
): Promise<0 | 1> {
  const { host, reporter } = context;
  const { builds, retry } = values;
  const outcome = await syncFleet(fleet, {
    host,
    reporter,
    signing: signerOptions(values),
    retry,
    ...(builds === undefined ? {} : { builds }),
  });
  await afterPublishing(outcome.repository, outcome.published, context);
  context.write(values.json ? outcomeJson(outcome) : publishedLines(outcome.published));
  return tellOutcome(outcome, reporter) ? 0 : 1;
}

/** As after every publication: keys that end soon are told, and the page is made anew. */
export async function afterPublishing(
  repository: OpenRepository,
  { published }: SyncPublished,
  { reporter }: CommandContext,
): Promise<void> {
  if (!published.some(({ outcome }) => outcome === "published")) return;
  const { refreshPage, warnOfKeys } = await import("../repo/after-publishing.ts");
  await warnOfKeys(repository, reporter);
  await refreshPage(repository, reporter);
}
