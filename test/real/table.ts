import { closeSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import type { Machine } from "../helpers/machine.ts";
import { snapshotTree } from "../helpers/tree-snapshot.ts";

/** What one application came to. */
export interface AppResult extends InstalledFacts {
  readonly seconds: number;
  /** Of the .deb, in millions of bytes. */
  readonly megabytes: number;
}

interface InstalledFacts {
  readonly distributions: number;
  readonly elfObjects: number;
  readonly depends: string;
}

interface Row {
  readonly name: string;
  readonly version: string;
  /** Absent when it was not built. */
  readonly result: AppResult | undefined;
  readonly answered: boolean;
}

/** Counts what an installed package brought below /opt. */
export async function describeInstalled(machine: Machine, name: string): Promise<InstalledFacts> {
  const prefix = join(machine.root, "opt", name);
  const entries = [...snapshotTree(prefix, [])];
  const files = entries.filter(([, line]) => line.startsWith("file ")).map(([path]) => join(prefix, path));
  return {
    distributions: entries.filter(([path]) => path.endsWith(".dist-info")).length,
    elfObjects: files.filter(isElf).length,
    depends: await machine.sh(`dpkg-query -W -f '\${Depends}' ${name}`),
  };
}

/** The page of the documentation. */
export function renderTable(rows: readonly Row[]): string {
  return `# Real applications

Written by \`npm run test:real\`: each application's released sdist, built here with the settings in
\`test/real/apps/<name>/\`, installed with \`apt-get\` on a booted Debian machine, its service asked over HTTP, purged.
Seconds are of one build on the machine that ran the suite, with whatever its caches held.

| application | build, s | .deb, MB | distributions | ELF objects | Depends | result |
| --- | ---: | ---: | ---: | ---: | --- | --- |
${rows.map(renderRow).join("\n")}
`;
}

function renderRow({ name, version, result, answered }: Row): string {
  const cells = result
    ? [
        result.seconds.toFixed(0),
        result.megabytes.toFixed(1),
        result.distributions,
        result.elfObjects,
        result.depends,
      ]
    : ["", "", "", "", ""];
  const outcome = answered ? "answers" : result ? "does not answer" : "is not built";
  return `| ${[`${name} ${version}`, ...cells, outcome].join(" | ")} |`;
}

function isElf(path: string): boolean {
  const magic = Buffer.alloc(4);
  const file = openSync(path, "r");
  try {
    readSync(file, magic, 0, 4, 0);
  } finally {
    closeSync(file);
  }
  return magic.equals(Buffer.from("\u007FELF"));
}
