import { splitShellWords } from "../../config/shell-words.ts";
import { exec } from "../../effects/exec.ts";
import { VenvdebError } from "../../errors.ts";
import type { Signer } from "./types.ts";
import type { SignatureMode } from "./verify.ts";

/**
 * Signs with a command of the user, for keys in a KMS, an HSM or on another machine. It is split as a shell would, and run
 * without one, twice a release: with `inline` or `detached` added as the last argument (and as VENVDEB_SIGN_MODE), the
 * fingerprints in VENVDEB_SIGN_KEYS, divided by blanks, the text on standard input; it gives the armoured result on
 * standard output.
 * @throws VenvdebError SIGN_BAD_COMMAND
 */
export function commandSigner(line: string, fingerprints: readonly string[]): Signer {
  const split = splitShellWords(line);
  if ("problem" in split)
    throw new VenvdebError(
      "SIGN_BAD_COMMAND",
      `Cannot sign with the command "${line}": it ${split.problem}`,
      {
        hint: "no shell runs it: name a program and its arguments, or put what needs a shell into a script",
        exitCode: 2,
      },
    );
  const [program = "", ...args] = split.words;
  const run = async (mode: SignatureMode, text: string): Promise<string> => {
    const { stdout } = await exec(program, [...args, mode], {
      input: text,
      env: { VENVDEB_SIGN_MODE: mode, VENVDEB_SIGN_KEYS: fingerprints.join(" ") },
      failure: { code: "SIGN_FAILED", doing: `sign (${mode})` },
    });
    return stdout;
  };
  return {
    name: `the command "${line}"`,
    fingerprints,
    signInline: async (text) => run("inline", text),
    signDetached: async (text) => run("detached", text),
  };
}
