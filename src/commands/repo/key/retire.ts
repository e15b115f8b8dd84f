import { defineCommand } from "../../types.ts";
import { JSON_OPTION, SIGNING_OPTIONS, URL_OPERAND } from "../shared.ts";
import { changeKeysIn } from "./change.ts";

/** `venvdeb repo key retire`: the end of an overlap. */
export const repoKeyRetire = defineCommand({
  name: "repo key retire",
  summary: "Let a key sign no more",
  operands: [URL_OPERAND, { name: "fingerprint", describe: "40 hexadecimal digits", count: "one" }],
  options: { ...SIGNING_OPTIONS, ...JSON_OPTION },
  examples: [
    {
      command: "repo key retire ./apt FINGERPRINT",
      says: "When clients have the new one",
    },
  ],
  handler: async ({ options, operands, context }) => {
    const [url = "", typed = ""] = operands;
    const [{ openRepository }, { retireKey }] = await Promise.all([
      import("../../../repository/open.ts"),
      import("../../../repository/sign/rotation.ts"),
    ]);
    const repository = await openRepository(url, context.host);
    const fingerprint = typed.replaceAll(/\s|^0x/g, "").toUpperCase();
    const change = (keys: typeof repository.settings.keys) => retireKey(keys, fingerprint);
    return changeKeysIn({ repository, title: "Retire the key", options, context, change });
  },
});
