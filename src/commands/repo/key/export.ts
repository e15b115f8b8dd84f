import { defineCommand } from "../../types.ts";
import { URL_OPERAND } from "../shared.ts";

/** `venvdeb repo key export`: the certificates that clients need. */
export const repoKeyExport = defineCommand({
  name: "repo key export",
  summary: "Print the certificates (public keys) that sign, for Signed-By",
  operands: [URL_OPERAND],
  options: { retired: { type: "flag", describe: "With those that sign no more" } },
  examples: [{ command: "repo key export ./apt > example.asc", says: "For /etc/apt/keyrings" }],
  handler: async ({ options, operands, context }) => {
    const [{ openRepository }, { exportCertificate }] = await Promise.all([
      import("../../../repository/open.ts"),
      import("../../../repository/sign/keys.ts"),
    ]);
    const { settings } = await openRepository(operands[0] ?? "", context.host);
    const keys = settings.keys.filter(({ status }) => options.retired || status === "signing");
    context.write(await exportCertificate(keys));
    return 0;
  },
});
