import { join } from "node:path";
import { lstat, mkdir, symlink } from "../effects/fs.ts";
import type { Host } from "../effects/host.ts";
import { withTempDir } from "../effects/temp-dir.ts";
import type { Address } from "./address.ts";

export type Environment = Readonly<Record<string, string>>;

/** For what is done without a network: nothing of the user's, no home. */
export function localEnvironment(host: Host): Environment {
  return { PATH: absolutePath(host), HOME: "/nonexistent", LC_ALL: "C.UTF-8", LANG: "C.UTF-8", TZ: "UTC" };
}

/**
 * For what reaches a repository: a home of its own in which there is nothing but the user's stores of credentials, and
 * of the environment what says how to get to a server. The folder is private and gone afterwards, so settings with
 * secrets may be written to it.
 */
export async function withReachingEnvironment<T>(
  host: Host,
  address: Address,
  run: (environment: Environment, home: string) => Promise<T>,
): Promise<T> {
  return await withTempDir(async (directory) => {
    const home = join(directory, "home");
    await mkdir(home);
    if (address.isLocal) return await run({ ...localEnvironment(host), HOME: home }, home);
    for (const name of CREDENTIAL_STORES) await linkStore(join(host.home, name), join(home, name));
    const reaching = Object.entries(host.env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && REACHING.test(entry[0]),
    );
    return await run({ ...Object.fromEntries(reaching), ...localEnvironment(host), HOME: home }, home);
  });
}

const CREDENTIAL_STORES = [".netrc", ".git-credentials", ".ssh", ".config", ".cache", ".gnupg"] as const;

async function linkStore(from: string, to: string): Promise<void> {
  if ((await lstat(from).catch(() => undefined)) !== undefined) await symlink(from, to);
}

/** No variable that traces, and none that runs a program but those that are there for asking and for ssh. */
const REACHING =
  /^(?:USER|LOGNAME|(?:https?|no|all)_proxy|(?:HTTPS?|NO|ALL)_PROXY|SSL_CERT_(?:FILE|DIR)|GIT_SSL_(?:CAINFO|CAPATH|CERT|KEY)|CURL_CA_BUNDLE|SSH_AUTH_SOCK|SSH_ASKPASS|GIT_ASKPASS|GIT_SSH|GIT_SSH_COMMAND|GIT_SSH_VARIANT|HGSSH|SVN_SSH|DBUS_SESSION_BUS_ADDRESS|XDG_RUNTIME_DIR)$/;

/** The user's search path without folders that are relative to where we are: that is a repository. */
function absolutePath(host: Host): string {
  const folders = (host.env["PATH"] ?? "").split(":").filter((folder) => folder.startsWith("/"));
  return [...new Set([...folders, "/usr/local/bin", "/usr/bin", "/bin"])].join(":");
}
