import { join } from "node:path";
import { writeFile } from "../../effects/fs.ts";
import type { Host } from "../../effects/host.ts";
import type { Address } from "../address.ts";
import { localEnvironment, withReachingEnvironment, type Environment } from "../environment.ts";
import { runTool, type Tool } from "../run.ts";

/** hg without any settings: no user's, no machine's, no repository's. So there are no extensions and no hooks. */
export function localHg(host: Host, cwd: string): Tool {
  return hgTool(cwd, { ...localEnvironment(host), HGRCPATH: "" });
}

/**
 * hg that knows the address as `venvdeb`: it stands in a private file, not on the command line. Of the user's settings
 * only those count that say how to reach servers.
 */
export async function withReachingHg<T>(
  host: Host,
  { address, cwd }: { readonly address: Address; readonly cwd: string },
  run: (hg: Tool) => Promise<T>,
): Promise<T> {
  return await withReachingEnvironment(host, address, async (environment, home) => {
    const settings = address.isLocal ? "" : await userSettings(host, environment);
    const config = join(home, "hgrc");
    const paths = `[paths]\nvenvdeb = ${address.url}\nvenvdeb:bookmarks.mode = mirror\n`;
    await writeFile(config, `${settings}${paths}`, { mode: 0o600 });
    return await run(hgTool(cwd, { ...environment, HGRCPATH: config }));
  });
}

function hgTool(cwd: string, environment: Environment): Tool {
  return {
    program: "hg",
    debianPackage: "mercurial",
    cwd,
    env: {
      ...environment,
      HGPLAIN: "1",
      // The settings of any repository, ours and one that is read by its path.
      HGRCSKIPREPO: "1",
      HGENCODING: "utf-8",
      HGUSER: "venvdeb",
      HGEDITOR: "false",
      PYTHONSAFEPATH: "1",
    },
  };
}

/** Sections that hold no program but ssh. */
const REACHING = ["auth", "hostsecurity", "hostfingerprints", "http_proxy", "web.cacerts", "ui.ssh"] as const;

/** The user's own hg reads them, with whatever extension of his makes them. */
async function userSettings(host: Host, environment: Environment): Promise<string> {
  const { HGRCPATH, XDG_CONFIG_HOME } = host.env;
  const env = {
    ...environment,
    HGPLAIN: "1",
    HGRCSKIPREPO: "1",
    HOME: host.home,
    ...(HGRCPATH === undefined ? {} : { HGRCPATH }),
    ...(XDG_CONFIG_HOME === undefined ? {} : { XDG_CONFIG_HOME }),
  };
  const listed = await runTool(
    { program: "hg", debianPackage: "mercurial", cwd: "/", env },
    ["config", ...REACHING],
    { doing: "read the settings of hg", answers: [1], seconds: 60 },
  );
  const lines = listed.split("\n").flatMap((line) => {
    const [, section, key, value] = /^([a-z_]+)\.([^=\s]+)=(.*)$/.exec(line) ?? [];
    const isWanted = REACHING.some((one) => one === section || one === `${section}.${key}`);
    return isWanted ? [`[${section}]\n${key} = ${value}\n`] : [];
  });
  return lines.join("");
}
