import { resolve } from "node:path";
import { defineCommand } from "../../types.ts";
import { JSON_OPTION, URL_OPERAND } from "../shared.ts";

/** `venvdeb repo key package`: the keys and the sources as a package. */
export const repoKeyPackage = defineCommand({
  name: "repo key package",
  summary: "Build NAME-archive-keyring, which brings clients the keys and the sources",
  operands: [URL_OPERAND],
  options: {
    output: { type: "text", alias: "o", default: "dist", describe: "Folder for the package" },
    suite: { type: "text", describe: "Suite that clients get", fallback: "the first" },
    "public-url": { type: "text", describe: "Where clients reach it", fallback: "the repository's own" },
    "package-version": { type: "text", describe: "Its version", fallback: "the keys' newest change" },
    maintainer: { type: "text", describe: "NAME <ADDRESS>", fallback: "the newest key's" },
    ...JSON_OPTION,
  },
  examples: [{ command: "repo key package ./apt -o dist", says: "Then: venvdeb repo add ./apt stable dist" }],
  handler: async ({ options, operands, context }) => {
    const [{ openRepository }, { buildKeyringPackage }, { findSuite }] = await Promise.all([
      import("../../../repository/open.ts"),
      import("../../../repository/keyring-package.ts"),
      import("../../../repository/operations/targets.ts"),
    ]);
    const { host } = context;
    const { settings } = await openRepository(operands[0] ?? "", host);
    const { output, suite, maintainer, "public-url": url, "package-version": version } = options;
    const built = await buildKeyringPackage(settings, {
      output: resolve(host.cwd, output),
      ...(suite === undefined ? {} : { suite: findSuite(settings, suite).name }),
      ...(url === undefined ? {} : { url }),
      ...(version === undefined ? {} : { version }),
      ...(maintainer === undefined ? {} : { maintainer }),
    });
    context.write(options.json ? `${JSON.stringify(built, undefined, 2)}\n` : `${built.path}\n`);
    return 0;
  },
});
