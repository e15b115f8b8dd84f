import { join, resolve } from "node:path";
import { VenvdebError } from "../errors.ts";
import { defineCommand, type CommandContext } from "./types.ts";

/** `venvdeb init`: adds a starter table to the project, never touching what is there. */
export const init = defineCommand({
  name: "init",
  summary: "Write a commented starter table of settings into a project",
  operands: {
    name: "project",
    describe: "Folder of the project",
    count: "optional",
    fallback: "this folder",
  },
  options: {
    fleet: { type: "text", describe: "Write a fleet file of this name instead, for venvdeb sync" },
  },
  examples: [
    { command: "init", says: "Add [tool.venvdeb] to this project's pyproject.toml" },
    { command: "init --fleet fleet.toml", says: "Begin a fleet: many projects, one repository" },
  ],
  handler: async ({ operands, options, context }) => {
    if (options.fleet !== undefined) return await initFleet(options.fleet, context);
    const [{ projectDirectory }, { detectProject }, { findSettings }, { renderStarter }, files] =
      await Promise.all([
        import("./project-directory.ts"),
        import("../project/detect.ts"),
        import("../config/read.ts"),
        import("./render-starter.ts"),
        import("../effects/fs.ts"),
      ]);
    const directory = await projectDirectory(context.host.cwd, operands[0]);
    const found = await findSettings(directory);
    if (found !== undefined) throw alreadyThere(found.file);
    const starter = renderStarter(await detectProject(directory, { interpreter: "/usr/bin/python3" }));
    const pyproject = join(directory, "pyproject.toml");
    const path = (await files.pathExists(pyproject)) ? pyproject : join(directory, "venvdeb.toml");
    const before = path === pyproject ? await files.readFile(pyproject, "utf8") : "";
    await files.replaceFile(path, `${before}${separator(before)}${starter(path === pyproject)}`);
    context.write(`${path}\n`);
    context.reporter.info("Fill in what is marked, then run: venvdeb build");
    return 0;
  },
});

async function initFleet(name: string, context: CommandContext): Promise<0> {
  const [{ renderFleetStarter }, files] = await Promise.all([
    import("../sync/fleet/starter.ts"),
    import("../effects/fs.ts"),
  ]);
  const path = resolve(context.host.cwd, name);
  if (await files.pathExists(path)) throw alreadyThere(path);
  await files.replaceFile(path, renderFleetStarter());
  context.write(`${path}\n`);
  context.reporter.info(`Fill it in, then run: venvdeb sync ${name}`);
  return 0;
}

/** One empty line between what was there and what is added. */
function separator(before: string): string {
  if (before === "" || before.endsWith("\n\n")) return "";
  return before.endsWith("\n") ? "\n" : "\n\n";
}

function alreadyThere(file: string): VenvdebError {
  return new VenvdebError(
    "CONFIG_EXISTS",
    `Cannot write settings: "${file}" has some (a project without settings is wanted)`,
    {
      hint: "edit them there; docs/configuration.md lists every setting",
    },
  );
}
