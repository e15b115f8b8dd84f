import type { SyncPlan } from "../types.ts";
import type { PipelineOptions } from "./commands.ts";
import { renderGithubMatrix, renderGithubWorkflow } from "./github.ts";
import { renderGitlabChild, renderGitlabPipeline } from "./gitlab.ts";

/** The pipeline of a fleet, or what its first job hands on for a plan. */
export function renderPipeline(
  vendor: "github" | "gitlab",
  options: PipelineOptions,
  plan: SyncPlan | undefined,
): string {
  if (vendor === "github")
    return plan === undefined ? renderGithubWorkflow(options) : renderGithubMatrix(plan);
  return plan === undefined ? renderGitlabPipeline(options) : renderGitlabChild(plan, options);
}
