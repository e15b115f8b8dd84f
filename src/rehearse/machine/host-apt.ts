import { exec } from "../../effects/exec.ts";
import { readFile } from "../../effects/fs.ts";
import { VenvdebError } from "../../errors.ts";

/** How a machine reaches its distribution: the host's own mirror and its settings for fetching from there. */
export interface HostApt {
  /** Lines of a sources.list, for the release that was asked for. */
  readonly sources: readonly string[];
  /** Lines of an apt.conf. */
  readonly settings: readonly string[];
}

/**
 * The codename that this machine runs: `bookworm`.
 * @throws VenvdebError REHEARSE_NO_MACHINE
 */
export async function hostCodename(): Promise<string> {
  return (await readOsRelease()).codename;
}

/**
 * Reads where the host's apt gets its distribution from, so that a machine asks the same mirror.
 * Archives of others (their Release has another Origin) are left out.
 * @throws VenvdebError REHEARSE_NO_MACHINE, TOOL_MISSING
 */
export async function readHostApt(release: string): Promise<HostApt> {
  const format = "$(CREATED_BY)|$(ORIGIN)|$(REPO_URI)|$(RELEASE)|$(COMPONENT)";
  const { stdout } = await exec("apt-get", ["indextargets", "--format", format], { debianPackage: "apt" });
  const host = await readOsRelease();
  const sources = stdout
    .split("\n")
    .map((line) => line.split("|"))
    .filter(([createdBy, origin]) => createdBy === "Packages" && origin === host.origin)
    .map(
      ([, , uri, suite, component]) => `deb ${uri} ${suite?.replace(host.codename, release)} ${component}`,
    );
  if (sources.length === 0)
    throw new VenvdebError(
      "REHEARSE_NO_MACHINE",
      `Cannot make a machine of "${release}": apt knows no archive of ${host.origin} here (the lists of this machine's apt are wanted)`,
      { hint: "apt-get update" },
    );
  return { sources: [...new Set(sources)], settings: await readFetchSettings() };
}

async function readOsRelease(): Promise<{ readonly codename: string; readonly origin: string }> {
  const text = await readFile("/etc/os-release", "utf8").catch(() => "");
  const codename = /^VERSION_CODENAME=(\S+)$/m.exec(text)?.[1];
  if (codename === undefined)
    throw new VenvdebError(
      "REHEARSE_NO_MACHINE",
      "Cannot make a machine: /etc/os-release has no VERSION_CODENAME (a released Debian or Ubuntu is wanted)",
    );
  return { codename, origin: /^ID=ubuntu$/m.test(text) ? "Ubuntu" : "Debian" };
}

async function readFetchSettings(): Promise<string[]> {
  const { stdout } = await exec("apt-config", ["dump"], { debianPackage: "apt" });
  return stdout
    .split("\n")
    .filter((line) => /^Acquire::(?:https?|Check-Valid-Until|Check-Date|Retries)\b.*"[^"]+";$/.test(line));
}
