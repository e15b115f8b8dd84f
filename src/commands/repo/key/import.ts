import { resolve } from "node:path";
import { defineCommand } from "../../types.ts";
import { JSON_OPTION, SIGNING_OPTIONS, URL_OPERAND } from "../shared.ts";
import { changeKeysIn } from "./change.ts";

/** `venvdeb repo key import`: keys that were made elsewhere. */
export const repoKeyImport = defineCommand({
  name: "repo key import",
  summary: "Let further keys sign, or renew those that are there",
  operands: [URL_OPERAND, { name: "file", describe: "Exported key, armoured or not", count: "at least one" }],
  options: { ...SIGNING_OPTIONS, ...JSON_OPTION },
  examples: [
    { command: "repo key import ./apt secret.asc", says: "Its private part goes to your config folder" },
    { command: "repo key import ./apt public.asc --gpg", says: "Its private part stays with gpg" },
  ],
  handler: async ({ options, operands, context }) => {
    const [url = "", ...files] = operands;
    const { host } = context;
    const [{ openRepository }, { readKeyFile, writePrivateKey }, { readKeyExport }, { addKey }] =
      await Promise.all([
        import("../../../repository/open.ts"),
        import("../../../repository/sign/key-files.ts"),
        import("../../../repository/sign/keys.ts"),
        import("../../../repository/sign/rotation.ts"),
      ]);
    const repository = await openRepository(url, host);
    const found = await Promise.all(
      files.map(async (file) => readKeyExport(await readKeyFile(resolve(host.cwd, file)), file)),
    );
    const keys = found.flat();
    for (const { fingerprint, privateKey } of keys)
      if (privateKey !== undefined) {
        const path = await writePrivateKey(host, { fingerprint, privateKey });
        context.reporter.info(`The private key of ${fingerprint} is ${path}`);
      }
    const change = (former: typeof repository.settings.keys) => keys.reduce(addKey, [...former]);
    return changeKeysIn({ repository, title: "Import keys", options, context, change });
  },
});
