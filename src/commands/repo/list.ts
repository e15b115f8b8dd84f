import { renderBytes, renderTable } from "../table.ts";
import { defineCommand } from "../types.ts";
import type { ListedPackage } from "../../repository/operations/list.ts";
import { JSON_OPTION, URL_OPERAND } from "./shared.ts";

/** `venvdeb repo list`: what the suites list. */
export const repoList = defineCommand({
  name: "repo list",
  summary: "List the packages of a repository",
  operands: [
    URL_OPERAND,
    { name: "suite", describe: "Suite, or SUITE/COMPONENT", count: "optional", fallback: "all" },
  ],
  options: {
    name: { type: "text", describe: "Only these names, with * and ?" },
    arch: { type: "text", describe: "Only this architecture" },
    component: { type: "text", describe: "Only this component" },
    "all-versions": { type: "flag", describe: "Not the newest of each package alone" },
    ...JSON_OPTION,
  },
  examples: [
    { command: "repo list ./apt", says: "The newest of everything" },
    { command: "repo list ./apt stable --name 'shop*' --all-versions --json", says: "For a program" },
  ],
  handler: async ({ options, operands, context }) => {
    const [url = "", target] = operands;
    const [{ openRepository }, { listPackages }] = await Promise.all([
      import("../../repository/open.ts"),
      import("../../repository/operations/list.ts"),
    ]);
    const { name, arch, component, json } = options;
    const listed = await listPackages(await openRepository(url, context.host), {
      ...(target === undefined ? {} : { target }),
      ...(name === undefined ? {} : { name }),
      ...(arch === undefined ? {} : { architecture: arch }),
      ...(component === undefined ? {} : { component }),
      allVersions: options["all-versions"],
    });
    context.write(json ? `${JSON.stringify(listed, undefined, 2)}\n` : renderPackages(listed));
    return 0;
  },
});

function renderPackages(listed: readonly ListedPackage[]): string {
  if (listed.length === 0) return "";
  const isPhased = listed.some(({ phased }) => phased !== undefined);
  const head = ["SUITE", "COMPONENT", "PACKAGE", "VERSION", "ARCHITECTURE", "SIZE"];
  const rows = listed.map(({ suite, component, name, version, architecture, size, phased }) => [
    suite,
    component,
    name,
    version,
    architecture,
    renderBytes(size),
    ...(isPhased ? [phased === undefined ? "" : `${phased} %`] : []),
  ]);
  return renderTable([isPhased ? [...head, "PHASED"] : head, ...rows]);
}
