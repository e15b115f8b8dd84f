import { resolve } from "node:path";
import { VenvdebError } from "../errors.ts";
import type { BuildHistory } from "../vcs/build-history.ts";
import { defineCommand } from "./types.ts";
import {
  COMPRESSION,
  PACKAGE_VERSION,
  PROJECT_VERSION,
  REVISION,
  TARGET,
  versionOf,
} from "./plan-options.ts";

/** `venvdeb build`: prints the path of each package, or with --json the reports. */
export const build = defineCommand({
  name: "build",
  summary: "Build the Debian package of one or more projects",
  operands: { name: "project", describe: "Folder of a project", fallback: "this folder", count: "any" },
  options: {
    output: { type: "text", alias: "o", default: "dist", describe: "Folder for the packages" },
    target: TARGET,
    revision: REVISION,
    "project-version": PROJECT_VERSION,
    "package-version": PACKAGE_VERSION,
    compression: COMPRESSION,
    previous: { type: "text", describe: "The package that the machines have now, or REPOSITORY#SUITE" },
    history: { type: "text", describe: "What the version control says, as sync writes it (JSON)" },
    jobs: { type: "count", alias: "j", describe: "Programs to run at once", fallback: "one a core" },
    timings: { type: "flag", describe: "Show where the time went on standard error; --json has it always" },
    "no-cache": { type: "flag", describe: "Make everything anew, and keep nothing for the next build" },
    json: { type: "flag", describe: "Print what was built as JSON" },
  },
  examples: [
    { command: "build", says: "Build this project into dist/" },
    { command: "build --previous shop_1.0-1_all.deb", says: "Migrate what that version leaves behind" },
    { command: "build --previous ./apt#stable", says: "Migrate what the newest version there leaves behind" },
    { command: "build web worker -o out --compression zstd", says: "Build two, fast to compress" },
  ],
  handler: async ({ options, operands, context }) => {
    const [{ buildPackage }, { projectDirectory }, { timeSteps }, { renderTimings }] = await Promise.all([
      import("../build.ts"),
      import("./project-directory.ts"),
      import("../effects/step-timings.ts"),
      import("./render-timings.ts"),
    ]);
    const { host, reporter } = context;
    const { target, revision, compression, previous, history, jobs, json } = options;
    if (previous !== undefined && operands.length > 1) throw onePrevious(operands.length);
    const projects = operands.length === 0 ? [undefined] : operands;
    const directories = await Promise.all(projects.map((project) => projectDirectory(host.cwd, project)));
    const reports = [];
    for (const directory of directories) {
      const timed = timeSteps(reporter);
      const report = await buildPackage({
        directory,
        output: resolve(host.cwd, options.output),
        ...(target === undefined ? {} : { target }),
        ...(revision === undefined ? {} : { revision }),
        ...versionOf(options),
        ...(compression === undefined ? {} : { compression }),
        ...(previous === undefined ? {} : { previous }),
        ...(history === undefined ? {} : { history: await readHistory(host.cwd, history) }),
        jobs: jobs ?? host.cores,
        noCache: options["no-cache"],
        host,
        reporter: timed.reporter,
      });
      const timings = timed.timings();
      if (options.timings) reporter.info(renderTimings(timings).trimEnd());
      if (!json) context.write(`${report.path}\n`);
      reports.push({ ...report, timings });
    }
    if (json) context.write(`${JSON.stringify(reports, undefined, 2)}\n`);
    return 0;
  },
});

async function readHistory(cwd: string, file: string): Promise<BuildHistory> {
  const { readBuildHistory } = await import("../vcs/build-history.ts");
  return await readBuildHistory(resolve(cwd, file));
}

function onePrevious(count: number): VenvdebError {
  return new VenvdebError(
    "USAGE_INVALID",
    `Cannot read the command line: --previous is one package, and ${count} projects are to be built (wanted: one)`,
    { hint: "build each project by itself", exitCode: 2 },
  );
}
