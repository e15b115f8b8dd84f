import { join } from "node:path";
import { lstat, mkdir, symlink, writeFile } from "../../effects/fs.ts";
import type { Host } from "../../effects/host.ts";
import { VenvdebError } from "../../errors.ts";
import type { Address } from "../address.ts";
import { withReachingEnvironment } from "../environment.ts";
import { runTool, type RunOptions, type Tool } from "../run.ts";
import { parseXml, type XmlElement } from "./xml.ts";

/** svn on one address. It keeps no mirror: each question goes to the server. */
export interface SvnClient {
  readonly address: Address;
  /** The standard output of a command; `--xml` is parsed. */
  ask(args: readonly string[], doing: string): Promise<XmlElement>;
  /** The same, undefined where the path is not in the revision. */
  askIfThere(args: readonly string[], doing: string): Promise<XmlElement | undefined>;
  /** Gives svn to what runs it by itself, with the arguments that each command begins with. */
  withTool<T>(run: (svn: Tool, common: readonly string[]) => Promise<T>): Promise<T>;
  /** URL of a path below the address in a revision, with its peg. */
  urlOf(path: string, revision: number | "HEAD"): string;
}

export function svnClient(address: Address, host: Host): SvnClient {
  const withTool: SvnClient["withTool"] = async (run) =>
    withReachingEnvironment(host, address, async (environment, home) => {
      const settings = await makeSettings(host, address, home);
      const sshCommand = environment["SVN_SSH"] ?? "ssh -q -o BatchMode=yes";
      const env = { ...environment, SVN_SSH: sshCommand };
      const common = ["--non-interactive", "--no-auth-cache", `--config-dir=${settings}`];
      return await run({ program: "svn", debianPackage: "subversion", cwd: home, env }, common);
    });
  const ask: SvnClient["ask"] = async ([command = "", ...args], doing) =>
    withTool(async (svn, common) => {
      const options: RunOptions = {
        doing: `${doing} of the Subversion repository ${JSON.stringify(address.shown)}`,
        code: "VCS_UNREACHABLE",
        hint: "look whether svn reads from there for this user without asking anything",
        bytes: 32 * 1024 ** 2,
      };
      return parseXml(await runTool(svn, [command, "--xml", ...common, ...args], options));
    });
  const base = address.url.replace(/\/+$/, "");
  return {
    address,
    ask,
    withTool,
    askIfThere: async (args, doing) =>
      ask(args, doing).catch((error: unknown) => {
        if (error instanceof VenvdebError && NOT_THERE.test(error.message)) return undefined;
        throw error;
      }),
    urlOf: (path, revision) => {
      const parts = path.split("/").filter((part) => part !== "" && part !== ".");
      return `${[base, ...parts.map(encodeURIComponent)].join("/")}@${revision}`;
    },
  };
}

/** No such URL in that revision, no such path, no such revision. */
const NOT_THERE = /\b[EW](?:170000|160013|160006|195012)\b/;

/** No tunnels, no helpers. Of the user's only what he has stored for servers: passwords, proxies, certificates. */
async function makeSettings(host: Host, address: Address, home: string): Promise<string> {
  const folder = join(home, "subversion");
  await mkdir(folder);
  await writeFile(join(folder, "config"), "[miscellany]\nenable-auto-props = no\nuse-commit-times = no\n");
  for (const name of address.isLocal ? [] : ["auth", "servers"]) {
    const stored = join(host.home, ".subversion", name);
    if ((await lstat(stored).catch(() => undefined)) !== undefined) await symlink(stored, join(folder, name));
  }
  return folder;
}
