import { join } from "node:path";
import { writeFile } from "../../effects/fs.ts";
import type { Host } from "../../effects/host.ts";
import type { Address } from "../address.ts";
import { localEnvironment, withReachingEnvironment, type Environment } from "../environment.ts";
import { runTool, type Tool } from "../run.ts";

/** git on a mirror, without a network and without any settings but ours. */
export function localGit(host: Host, mirror: string): Tool {
  return gitTool(mirror, {
    ...localEnvironment(host),
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_ALLOW_PROTOCOL: "none",
    ...settingsInEnvironment(SAFE_SETTINGS),
  });
}

/**
 * git on a mirror whose remote `venvdeb` is the address: it stands in the environment, where no other user sees it and
 * nothing takes it for an option. Of the user's settings only those count that say how to reach servers.
 */
export async function withReachingGit<T>(
  host: Host,
  { address, mirror }: { readonly address: Address; readonly mirror: string },
  run: (git: Tool) => Promise<T>,
): Promise<T> {
  return await withReachingEnvironment(host, address, async (environment, home) => {
    const config = join(home, ".gitconfig-reaching");
    const { text, hasSshCommand } = await userSettings(host, environment);
    await writeFile(config, text, { mode: 0o600 });
    const isSshSet = hasSshCommand || "GIT_SSH_COMMAND" in environment || "GIT_SSH" in environment;
    return await run(
      gitTool(mirror, {
        ...(isSshSet ? {} : { GIT_SSH_COMMAND: "ssh -o BatchMode=yes" }),
        ...environment,
        GIT_CONFIG_GLOBAL: config,
        GIT_ALLOW_PROTOCOL: address.isLocal ? "file" : "https:ssh:http",
        ...settingsInEnvironment({ ...SAFE_SETTINGS, "remote.venvdeb.url": address.url }),
      }),
    );
  });
}

function gitTool(mirror: string, environment: Environment): Tool {
  return {
    program: "git",
    debianPackage: "git",
    cwd: mirror,
    env: {
      ...environment,
      GIT_DIR: mirror,
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_ATTR_NOSYSTEM: "1",
      GIT_TERMINAL_PROMPT: "0",
      GIT_NO_LAZY_FETCH: "1",
      GIT_NO_REPLACE_OBJECTS: "1",
      GIT_OPTIONAL_LOCKS: "0",
      GIT_LITERAL_PATHSPECS: "1",
      GIT_PROTOCOL_FROM_USER: "0",
    },
  };
}

/** They win over every file. */
const SAFE_SETTINGS: Readonly<Record<string, string>> = {
  "core.hooksPath": "/dev/null",
  "core.attributesFile": "/dev/null",
  "core.excludesFile": "/dev/null",
  "core.fsmonitor": "false",
  "core.quotePath": "false",
  "core.protectHFS": "true",
  "core.protectNTFS": "true",
  "fetch.fsckObjects": "true",
  // Old tools left these in many honest histories; none of them can harm.
  "fetch.fsck.zeroPaddedFilemode": "warn",
  "fetch.fsck.missingSpaceBeforeDate": "warn",
  "fetch.fsck.missingSpaceBeforeEmail": "warn",
  "fetch.fsck.missingNameBeforeEmail": "warn",
  "fetch.fsck.missingEmail": "warn",
  "fetch.fsck.badEmail": "warn",
  "fetch.fsck.badName": "warn",
  "fetch.fsck.badTimezone": "warn",
  "fetch.fsck.badFilemode": "warn",
  "fetch.fsck.missingTaggerEntry": "warn",
  "fetch.recurseSubmodules": "false",
  "fetch.writeCommitGraph": "true",
  "submodule.recurse": "false",
  "gc.autoDetach": "false",
  // A worker may still export what a forced push has just taken away.
  "gc.pruneExpire": "30.days",
  "http.lowSpeedLimit": "100",
  "http.lowSpeedTime": "120",
  "log.showSignature": "false",
  "log.mailmap": "false",
  "advice.objectNameWarning": "false",
};

function settingsInEnvironment(settings: Readonly<Record<string, string>>): Environment {
  const entries = Object.entries(settings);
  return {
    GIT_CONFIG_COUNT: String(entries.length),
    ...Object.fromEntries(
      entries.flatMap(([key, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
  };
}

/** Credential helpers, proxies, certificates, rewritten addresses, and whose local repositories may be read. */
const REACHING_KEYS =
  "^(credential\\.|http\\.|url\\.|ssh\\.|safe\\.directory$|core\\.(sshcommand|askpass|gitproxy)$)";

async function userSettings(
  host: Host,
  environment: Environment,
): Promise<{ readonly text: string; readonly hasSshCommand: boolean }> {
  const { GIT_CONFIG_GLOBAL: file, XDG_CONFIG_HOME: folder } = host.env;
  const env = {
    ...environment,
    HOME: host.home,
    ...(file === undefined ? {} : { GIT_CONFIG_GLOBAL: file }),
    ...(folder === undefined ? {} : { XDG_CONFIG_HOME: folder }),
  };
  const listed = await runTool(
    { program: "git", debianPackage: "git", cwd: "/", env: { ...env, GIT_DIR: "/nonexistent" } },
    ["config", "--includes", "-z", "--get-regexp", REACHING_KEYS],
    { doing: "read the settings of git", answers: [1], seconds: 30 },
  );
  const settings = listed.split("\0").flatMap((entry) => {
    const [key = "", ...lines] = entry.split("\n");
    return key === "" ? [] : [{ key, value: entry.includes("\n") ? lines.join("\n") : "true" }];
  });
  return {
    text: settings.map(renderSetting).join(""),
    hasSshCommand: settings.some(({ key }) => key === "core.sshcommand"),
  };
}

/** In the form of git's files: section, quoted subsection, quoted value (git-config(1), "Syntax"). */
function renderSetting({ key, value }: { readonly key: string; readonly value: string }): string {
  const [first, last] = [key.indexOf("."), key.lastIndexOf(".")];
  const subsection = first === last ? "" : ` ${quote(key.slice(first + 1, last))}`;
  return `[${key.slice(0, first)}${subsection}]\n\t${key.slice(last + 1)} = ${quote(value)}\n`;
}

function quote(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`).replaceAll("\n", String.raw`\n`)}"`;
}
