import { resolve } from "node:path";
import { defineCommand } from "./types.ts";

const TOOLS = { git: "git", hg: "mercurial", svn: "subversion" } as const;
const FOLDER = "the repository is a folder: what a pipeline publishes there is gone with its machine";
const HINT = "name a bucket (s3://…), or add steps to the publish job that keep the folder";

/** `venvdeb ci`: a pipeline that does what `venvdeb sync` does, on the machines of a vendor. */
export const ci = defineCommand({
  name: "ci",
  summary: "Write a CI pipeline that builds and publishes a fleet",
  operands: [
    { name: "vendor", describe: "Whose pipeline", count: "one", choices: ["github", "gitlab"] },
    { name: "fleet", describe: "Fleet file, as the pipeline finds it", count: "one" },
  ],
  options: {
    output: { type: "text", alias: "o", describe: "File to write", fallback: "standard output" },
    from: {
      type: "text",
      describe: "Inside of the pipeline: print what builds this plan (github: the matrix)",
    },
    install: {
      type: "text",
      describe: "Command that brings venvdeb",
      fallback: "npm install --global venvdeb@VERSION",
    },
  },
  examples: [
    { command: "ci github fleet.toml -o .github/workflows/packages.yml", says: "For GitHub Actions" },
    { command: "ci gitlab fleet.toml -o .gitlab-ci.yml", says: "For GitLab CI" },
  ],
  handler: async ({ options, operands, context }) => {
    const [{ renderPipeline }, { readFleet }, { readToolVersion }, { replaceFile }] = await Promise.all([
      import("../sync/ci/render.ts"),
      import("../sync/fleet/read.ts"),
      import("../effects/tool-version.ts"),
      import("../effects/fs.ts"),
    ]);
    const { cwd } = context.host;
    const [vendor, fleet = ""] = operands;
    const { repository, sources, build } = await readFleet(fleet, cwd);
    const tools = [...new Set(sources.map(({ kind }) => TOOLS[kind]))].toSorted();
    if (options.from === undefined && repository.url.startsWith("/")) context.reporter.warning(FOLDER, HINT);
    const install = options.install ?? `npm install --global venvdeb@${readToolVersion()}`;
    const plan =
      options.from === undefined
        ? undefined
        : await (await import("../sync/planned.ts")).readPlan(options.from, cwd);
    const { sharedCache } = build;
    const pipeline = { fleet, install, tools, ...(sharedCache === undefined ? {} : { sharedCache }) };
    const text = renderPipeline(vendor === "gitlab" ? "gitlab" : "github", pipeline, plan);
    if (options.output === undefined) context.write(text);
    else {
      const path = resolve(cwd, options.output);
      await replaceFile(path, text);
      context.write(`${path}\n`);
    }
    return 0;
  },
});
