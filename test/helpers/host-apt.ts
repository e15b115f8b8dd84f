import { readFile } from "node:fs/promises";
import { execa } from "execa";

/** How a test machine reaches Debian: the host's own mirror and its settings for fetching from there. */
export interface HostApt {
  /** Lines of a sources.list, for the release that was asked for. */
  readonly sources: readonly string[];
  /** Lines of an apt.conf. */
  readonly settings: readonly string[];
}

/** The codename that this machine runs: `bookworm`. */
export async function hostCodename(): Promise<string> {
  const text = await readFile("/etc/os-release", "utf8");
  const codename = /^VERSION_CODENAME=(\S+)$/m.exec(text)?.[1];
  if (codename === undefined) throw new Error("/etc/os-release has no VERSION_CODENAME");
  return codename;
}

/**
 * Reads where the host's apt gets Debian itself from, so that no mirror's name stands in the tests.
 * Archives of others (their Release has another Origin) are left out.
 */
export async function readHostApt(release: string): Promise<HostApt> {
  const { stdout } = await execa("apt-get", [
    "indextargets",
    "--format",
    "$(CREATED_BY)|$(ORIGIN)|$(REPO_URI)|$(RELEASE)|$(COMPONENT)",
  ]);
  const host = await hostCodename();
  const sources = stdout
    .split("\n")
    .map((line) => line.split("|"))
    .filter(([createdBy, origin]) => createdBy === "Packages" && origin === "Debian")
    .map(([, , uri, suite, component]) => `deb ${uri} ${suite?.replace(host, release)} ${component}`);
  if (sources.length === 0)
    throw new Error("apt knows no archive of Debian here: run apt-get update (or scripts/setup.sh test)");
  return { sources: [...new Set(sources)], settings: await readFetchSettings() };
}

async function readFetchSettings(): Promise<string[]> {
  const { stdout } = await execa("apt-config", ["dump"]);
  return stdout
    .split("\n")
    .filter((line) => /^Acquire::(?:https?|Check-Valid-Until|Check-Date|Retries)\b.*"[^"]+";$/.test(line));
}
