import { resolve } from "node:path";
import { readFile } from "../../effects/fs.ts";
import { messageOf, VenvdebError } from "../../errors.ts";
import type { OpenRepository } from "../../repository/publish.ts";
import type { Fleet } from "../../sync/fleet/types.ts";
import { buildPlanned, publishPlanned, readPlan } from "../../sync/planned.ts";
import type { SyncPublished } from "../../sync/publish.ts";
import { createSourceOpener } from "../../sync/read-sources.ts";
import { surveyFleet } from "../../sync/survey.ts";
import { jobText, syncFleet, tellFailure } from "../../sync/sync.ts";
import { createBell, watch } from "../../sync/watch.ts";
import { listenForWebhooks } from "../../sync/webhook.ts";
import { refreshPage, warnOfKeys } from "../repo/after-publishing.ts";
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
  readonly publish: string | undefined;
}

/** @throws VenvdebError USAGE_INVALID */
export function refuseMixed(values: SyncValues): void {
  const { from, job, publish, watch: watches, listen, plan, explain } = values;
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
  if (listen !== undefined && !watches) throw invalidUsage("--listen needs --watch", "sync");
}

/** Prints the plan as JSON or as sentences. Problems of sources are in it, so it ends well all the same. */
export async function showPlan(fleet: Fleet, values: SyncValues, context: CommandContext): Promise<0> {
  const { host, reporter } = context;
  const open = createSourceOpener(host);
  const { plan } = await surveyFleet(fleet, { open, host, reporter, retry: true });
  context.write(values.plan === "json" ? `${JSON.stringify(plan, undefined, 2)}\n` : renderExplanation(plan));
  return 0;
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

export async function watchFleet(fleet: Fleet, values: SyncValues, context: CommandContext): Promise<0> {
  const bell = createBell();
  const { reporter } = context;
  if (values.listen !== undefined) await startListening(values.listen, values, bell.ring, context);
  let runs = 0;
  await watch(
    async () => {
      // Asked for by hand, the first run tries everything.
      await runOnce(fleet, { ...values, retry: runs++ === 0 }, context);
    },
    { interval: values.interval, reporter, woken: bell.rung },
  );
  return 0;
}

async function startListening(
  listen: string,
  values: SyncValues,
  onDelivery: () => void,
  { host, reporter }: CommandContext,
): Promise<void> {
  const [, address, port = ""] = /^(?:(.+):)?(\d+)$/.exec(listen) ?? [];
  const file = values["webhook-secret-file"];
  const secret = file === undefined ? host.env["VENVDEB_WEBHOOK_SECRET"] : await readSecret(file, host.cwd);
  if (secret === undefined || secret.length < 16) throw noSecret(secret !== undefined);
  const server = await listenForWebhooks({
    ...(address === undefined ? {} : { host: address.replaceAll(/[[\]]/g, "") }),
    port: Number(port),
    secret,
    onDelivery,
    onRefused: (why) => reporter.info(`A webhook was refused: ${why}`),
  });
  if (server.warning !== undefined) reporter.warning(server.warning);
  reporter.info(`Listening for webhooks at ${server.url}`);
}

async function readSecret(file: string, cwd: string): Promise<string> {
  const text = await readFile(resolve(cwd, file), "utf8").catch((cause: unknown) => {
    throw new VenvdebError("SYNC_NO_SECRET", `Cannot read the secret "${file}": ${messageOf(cause)}`, {
      cause,
      exitCode: 2,
    });
  });
  return text.trim();
}

function noSecret(isShort: boolean): VenvdebError {
  const problem = isShort ? "its secret has fewer than 16 characters" : "there is no secret";
  return new VenvdebError(
    "SYNC_NO_SECRET",
    `Cannot listen for webhooks: ${problem} (wanted: one that only the forge knows)`,
    {
      exitCode: 2,
      hint: "openssl rand -hex 32 > secret; then give --webhook-secret-file secret, and enter it at the forge",
    },
  );
}

/** What a job of a pipeline does. */
export async function runFromPlan(
  fleet: Fleet,
  path: string,
  values: SyncValues,
  context: CommandContext,
): Promise<0 | 1> {
  const { host, reporter } = context;
  const plan = await readPlan(path, host.cwd);
  const { job: keys, builds } = values;
  if (values.publish === undefined) {
    const output = resolve(host.cwd, values.output);
    const limits = builds === undefined ? {} : { builds };
    const results = await buildPlanned(plan, { host, reporter, keys, output, build: fleet.build, ...limits });
    for (const result of results)
      if (result.outcome === "failed") tellFailure(result, reporter);
      else for (const each of result.packages) context.write(`${each.path}\n`);
    return results.some(({ outcome }) => outcome === "failed") ? 1 : 0;
  }
  const incoming = resolve(host.cwd, values.publish);
  const signing = signerOptions(values);
  const done = await publishPlanned(fleet, plan, { host, reporter, signing, incoming });
  await afterPublishing(done.repository, done.published, context);
  context.write(publishedLines(done.published));
  for (const { suite, message, code } of done.published.failures)
    reporter.warning(`${suite} was not published: ${message} [${code}]`);
  for (const each of done.missing) reporter.warning(`${jobText(each)} brought no package`);
  for (const { source, message, code } of plan.failures) reporter.warning(`${source}: ${message} [${code}]`);
  return done.missing.length + done.published.failures.length + plan.failures.length === 0 ? 0 : 1;
}

async function afterPublishing(
  repository: OpenRepository,
  { published }: SyncPublished,
  { reporter }: CommandContext,
): Promise<void> {
  if (!published.some(({ outcome }) => outcome === "published")) return;
  await warnOfKeys(repository, reporter);
  await refreshPage(repository, reporter);
}
