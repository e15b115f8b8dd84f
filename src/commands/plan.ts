import {
  COMPRESSION,
  PACKAGE_VERSION,
  PROJECT_VERSION,
  REVISION,
  TARGET,
  versionOf,
} from "./plan-options.ts";
import { defineCommand } from "./types.ts";

/** `venvdeb plan`: what `build` would make, read but not built. */
export const plan = defineCommand({
  name: "plan",
  summary: "Show what would be built, without building it",
  operands: {
    name: "project",
    describe: "Folder of the project",
    fallback: "this folder",
    count: "optional",
  },
  options: {
    target: TARGET,
    revision: REVISION,
    "project-version": PROJECT_VERSION,
    "package-version": PACKAGE_VERSION,
    compression: COMPRESSION,
    json: { type: "flag", describe: "Print the whole plan as JSON" },
  },
  examples: [
    { command: "plan", says: "Show it in short" },
    { command: "plan --json | jq .services", says: "Ask for one part of it" },
  ],
  handler: async ({ options, operands, context }) => {
    const [{ planPackage }, { projectDirectory }, { renderPlan }] = await Promise.all([
      import("../plan-package.ts"),
      import("./project-directory.ts"),
      import("./render-plan.ts"),
    ]);
    const { target, revision, compression, json } = options;
    const { host, reporter } = context;
    const packagePlan = await planPackage({
      directory: await projectDirectory(host.cwd, operands[0]),
      ...(target === undefined ? {} : { target }),
      ...(revision === undefined ? {} : { revision }),
      ...versionOf(options),
      ...(compression === undefined ? {} : { compression }),
      host,
      reporter,
    });
    context.write(json ? `${JSON.stringify(packagePlan, undefined, 2)}\n` : renderPlan(packagePlan));
    return 0;
  },
});
