import { join } from "node:path";
import { exec, type ExecResult } from "../../effects/exec.ts";
import { writeFile } from "../../effects/fs.ts";
import type { Host } from "../../effects/host.ts";
import { withTempDir } from "../../effects/temp-dir.ts";
import { VenvdebError } from "../../errors.ts";
import { PASSPHRASE_HINT } from "./in-process.ts";
import type { Signer } from "./types.ts";

export interface GpgOptions {
  /** A home of its own, as GNUPGHOME names it; its agent is stopped after each use. Default: the user's. */
  readonly home?: string;
  readonly passphrase?: string;
}

/**
 * Signs with gpg and its agent: cards and agent forwarding work. gpg never asks on a terminal; its agent may show a
 * window where there is a screen, or a terminal that GPG_TTY names, and no passphrase is given.
 */
export function gpgSigner(
  fingerprints: readonly string[],
  options: GpgOptions,
  host: Pick<Host, "env">,
): Signer {
  const users = fingerprints.flatMap((fingerprint) => ["--local-user", fingerprint]);
  const sign = async (mode: readonly string[], text: string): Promise<string> =>
    withTempDir(async (directory) => {
      // Standard input is for the passphrase.
      const path = join(directory, "Release");
      await writeFile(path, text);
      const { stdout } = await gpg(
        [...pinentry(options, host), "--digest-algo", "SHA512", ...users, "--output", "-", ...mode, path],
        options,
        "sign with gpg",
      );
      return stdout;
    });
  return {
    name: "gpg",
    fingerprints,
    signInline: async (text) => sign(["--clear-sign"], text),
    signDetached: async (text) => sign(["--armor", "--detach-sign"], text),
  };
}

/**
 * Fingerprints of the primary keys that gpg has a secret part of, also on a card or of a sub-key alone.
 * @throws VenvdebError TOOL_MISSING, SIGN_FAILED
 */
export async function listGpgKeys(options: GpgOptions): Promise<string[]> {
  const { stdout } = await gpg(["--with-colons", "--list-secret-keys"], options, "list the keys of gpg");
  const fingerprints: string[] = [];
  let isPrimary = false;
  for (const line of stdout.split("\n")) {
    const fields = line.split(":");
    if (fields[0] === "sec" || fields[0] === "ssb") isPrimary = fields[0] === "sec";
    else if (fields[0] === "fpr" && isPrimary) fingerprints.push(fields[9] ?? "");
  }
  return fingerprints;
}

/**
 * The armoured certificate of a key that gpg has.
 * @throws VenvdebError TOOL_MISSING, SIGN_FAILED
 */
export async function exportFromGpg(fingerprint: string, options: GpgOptions): Promise<string> {
  const { stdout } = await gpg(
    ["--armor", "--export-options", "export-minimal", "--export", fingerprint],
    options,
    `export ${fingerprint} from gpg`,
  );
  if (stdout !== "") return stdout;
  throw new VenvdebError("SIGN_FAILED", `Cannot export ${fingerprint} from gpg: it does not have that key`, {
    hint: "`gpg --list-secret-keys` shows those that it has",
  });
}

async function gpg(args: readonly string[], options: GpgOptions, doing: string): Promise<ExecResult> {
  const home = options.home === undefined ? [] : ["--homedir", options.home];
  const agentBefore = await hasAgent(options.home);
  try {
    return await exec("gpg", [...home, "--batch", "--no-tty", "--yes", ...args], {
      env: { LC_ALL: "C.UTF-8" },
      input: options.passphrase === undefined ? "" : `${options.passphrase}\n`,
      debianPackage: "gpg gpg-agent",
      failure: { code: "SIGN_FAILED", doing, hint: hintFor },
    });
  } finally {
    if (options.home !== undefined && !agentBefore)
      await exec("gpgconf", ["--homedir", options.home, "--kill", "all"]);
  }
}

/** An agent that the user has started in that home is left alone. */
async function hasAgent(home: string | undefined): Promise<boolean> {
  if (home === undefined) return true;
  const { stdout } = await exec("gpg-connect-agent", [
    "--homedir",
    home,
    "--no-autostart",
    "GETINFO pid",
    "/bye",
  ]);
  return stdout.startsWith("D ");
}

/** `error` and not an empty passphrase: a card counts wrong ones. */
function pinentry({ passphrase }: GpgOptions, { env }: Pick<Host, "env">): string[] {
  if (passphrase !== undefined) return ["--pinentry-mode", "loopback", "--passphrase-fd", "0"];
  const canAsk = ["DISPLAY", "WAYLAND_DISPLAY", "GPG_TTY"].some((name) => (env[name] ?? "") !== "");
  return ["--pinentry-mode", canAsk ? "ask" : "error"];
}

function hintFor(output: string): string | undefined {
  if (/No pinentry|Bad passphrase|Inappropriate ioctl|Operation cancelled/i.test(output))
    return PASSPHRASE_HINT;
  if (/File name too long|IPC connect/i.test(output))
    return "the path of gpg's home is too long for its agent's socket: choose one of less than 80 characters";
  return undefined;
}
