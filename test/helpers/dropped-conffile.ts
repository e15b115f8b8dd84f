import { join } from "node:path";
import { execa } from "execa";
import { expect } from "vitest";
import { smallProject, type TestFleet } from "./fleet.ts";

/** The path that the conffile of `withConffile` has, relative to the root. */
export function conffileOf(name: string): string {
  return `etc/${name}/old.conf`;
}

/** A project with a conffile, which the same project of `smallProject` lacks. */
export function withConffile(name: string): Record<string, string> {
  const { "pyproject.toml": settings = "", ...rest } = smallProject(name, "one\n");
  return {
    ...rest,
    "pyproject.toml": settings.replace("files = {", `files = { "/${conffileOf(name)}" = "text",`),
  };
}

/** The file of a package that is published. */
export async function poolFile(fleet: TestFleet, name: string, version: string): Promise<string> {
  const { stdout, stderr } = await fleet.run("repo", "list", "apt", "--all-versions", "--json");
  expect(stdout, stderr).not.toBe("");
  const packages: { readonly name: string; readonly version: string; readonly filename: string }[] =
    JSON.parse(stdout);
  const found = packages.find((each) => each.name === name && each.version === version);
  if (found === undefined) throw new Error(`no ${name} ${version} in ${stdout}`);
  return join(fleet.folder, "apt", found.filename);
}

/** Whether the maintainer scripts of the newest version in testing remove that conffile. */
export async function newestDropsConffile(fleet: TestFleet, name: string): Promise<boolean> {
  const newest = (await fleet.listed("testing")).findLast((each) => each.startsWith(`${name} `));
  return await dropsConffile(await poolFile(fleet, name, newest?.split(" ")[1] ?? ""), name);
}

/** Whether the maintainer scripts of a package remove that conffile. */
export async function dropsConffile(deb: string, name: string): Promise<boolean> {
  const { stdout } = await execa("dpkg-deb", ["--info", deb, "preinst"], { reject: false });
  return stdout.split("\n").some((line) => line.includes("rm_conffile") && line.includes(conffileOf(name)));
}
