import type { Project } from "../project/types.ts";
import { debianPackageName } from "../python/normalize-name.ts";
import { guessService, type GuessedService } from "./guess-service.ts";

/**
 * The starter table for a project: what is known is left to the project, what Debian needs and nobody says is there
 * to fill in, the rest is shown as comments. Gives a function of whether it goes into pyproject.toml.
 */
export function renderStarter(project: Project): (inPyproject: boolean) => string {
  const name = packageName(project);
  const service = guessService(project);
  const unit = /^[A-Za-z0-9_-]+$/.test(name) ? name : JSON.stringify(name.replaceAll("+", "-"));
  const links = project.consoleScripts.map((script) => `"/usr/bin/${script}" = "bin/${script}"`);
  return (inPyproject) => {
    const table = (key: string) =>
      inPyproject ? `[tool.venvdeb${key === "" ? "" : `.${key}`}]` : `[${key}]`;
    const parts = [
      [
        '# Settings of venvdeb: "venvdeb plan" shows what they come to.',
        ...(inPyproject ? [table("")] : []),
        ...general(project, name),
      ],
      links.length === 0
        ? []
        : [`# Commands on everyone's PATH.`, `# ${table("links")}`, ...links.map((line) => `# ${line}`)],
      renderService(service, table(`service.${unit}`)),
    ];
    return `${parts
      .filter((lines) => lines.length > 0)
      .map((lines) => lines.join("\n"))
      .join("\n\n")}\n`;
  };
}

function general(project: Project, name: string): string[] {
  return [
    `${project.name === undefined ? "" : "# "}name = ${JSON.stringify(name)}`,
    ...(project.version === undefined && !project.dynamic.includes("version")
      ? ['# Fill in:\n# version = "1.0.0"']
      : []),
    ...(project.maintainer === undefined
      ? ['# Fill in: who answers for the package.\n# maintainer = "Name <address@example.org>"']
      : []),
    ...(project.summary === undefined ? ['# Fill in: what it is, in a phrase.\n# description = ""'] : []),
    "# Debian packages that it needs, besides those that its libraries turn out to need.",
    '# depends = ["ffmpeg"]',
  ];
}

function renderService(service: GuessedService | undefined, table: string): string[] {
  if (service?.from === "web") {
    return ["# A systemd service: see that the command names your application.", table, command(service)];
  }
  return ["# A systemd service.", `# ${table}`, `# ${command(service ?? { command: "program --option" })}`];
}

function command(service: Pick<GuessedService, "command">): string {
  return `command = ${JSON.stringify(service.command)}`;
}

function packageName(project: Project): string {
  const folder = project.directory.replace(/^.*\//, "");
  return debianPackageName(project.name ?? folder) ?? "my-package";
}
