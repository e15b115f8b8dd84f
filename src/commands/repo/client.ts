import { VenvdebError } from "../../errors.ts";
import { nearest } from "../../nearest.ts";
import { defineCommand } from "../types.ts";
import { JSON_OPTION, URL_OPERAND } from "./shared.ts";

/** `venvdeb repo client`: what a machine needs to use a suite. */
export const repoClient = defineCommand({
  name: "repo client",
  summary: "Print how a machine is set up to use a suite",
  operands: [URL_OPERAND, { name: "suite", describe: "Suite", count: "optional", fallback: "the first" }],
  options: {
    "public-url": { type: "text", describe: "Where clients reach it", fallback: "the repository's own" },
    release: { type: "text", describe: "Codename of the machine's release", fallback: "all" },
    file: {
      type: "text",
      choices: ["sources", "inline", "one-line", "auth", "pin"],
      describe: "Print one file alone",
    },
    login: { type: "text", describe: "User of a private repository" },
    ...JSON_OPTION,
  },
  examples: [
    { command: "repo client ./apt stable", says: "Commands to copy" },
    { command: "repo client ./apt stable --file inline > example.sources", says: "One file, with the key" },
  ],
  handler: async ({ options, operands, context }) => {
    const [url = "", name] = operands;
    const [{ openRepository }, { clientSetup }, { renderClientSetup }, { findSuite }] = await Promise.all([
      import("../../repository/open.ts"),
      import("../../repository/client.ts"),
      import("../../repository/client-text.ts"),
      import("../../repository/operations/targets.ts"),
    ]);
    const { settings } = await openRepository(url, context.host);
    const suite = findSuite(settings, name ?? settings.suites[0]?.name ?? "");
    const { login, file, release, "public-url": publicUrl } = options;
    const setup = clientSetup(settings, suite, {
      ...(publicUrl === undefined ? {} : { url: publicUrl }),
      ...(login === undefined ? {} : { credentials: { login } }),
    });
    const known = setup.releases.find(({ codename }) => codename === release);
    if (release !== undefined && known === undefined)
      throw unknownRelease(
        release,
        setup.releases.map(({ codename }) => codename),
      );
    if (options.json) context.write(`${JSON.stringify(setup, undefined, 2)}\n`);
    else if (file === undefined) context.write(renderClientSetup(setup, known));
    else context.write(setup[FILES[file]]?.text ?? "");
    return 0;
  },
});

const FILES = {
  sources: "sources",
  inline: "inlineSources",
  "one-line": "oneLine",
  auth: "auth",
  pin: "pin",
} as const;

function unknownRelease(release: string, known: readonly string[]): VenvdebError {
  const near = nearest(release, known);
  return new VenvdebError(
    "USAGE_INVALID",
    `Cannot tell of the release "${release}": it is not known${near === undefined ? "" : ` (did you mean "${near}"?)`} (wanted: ${known.join(", ")})`,
    { exitCode: 2, hint: "leave --release out: what is printed then is right on all of them" },
  );
}
