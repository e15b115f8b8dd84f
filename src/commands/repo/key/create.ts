import { defineCommand } from "../../types.ts";
import { JSON_OPTION } from "../shared.ts";

/** `venvdeb repo key create`: a key of the user's, for a repository to come or as a successor. */
export const repoKeyCreate = defineCommand({
  name: "repo key create",
  summary: "Make a signing key that every apt of today takes",
  operands: { name: "name", describe: "Whose key it is: Example archive", count: "one" },
  options: {
    email: { type: "text", describe: "Address of its owner" },
    algorithm: { type: "text", choices: ["rsa4096", "ed25519"], default: "rsa4096", describe: "Algorithm" },
    days: { type: "count", describe: "Until it expires", fallback: "four years" },
    ...JSON_OPTION,
  },
  examples: [
    {
      command: "repo key create 'Example archive'",
      says: "Kept in your config folder",
    },
  ],
  handler: async ({ options, operands, context }) => {
    const { createRepositoryKey } = await import("../../../repository/operations/keys.ts");
    const { email, algorithm, days, json } = options;
    const { fingerprint, path } = await createRepositoryKey(
      {
        name: operands[0] ?? "",
        algorithm,
        ...(email === undefined ? {} : { email }),
        ...(days === undefined ? {} : { expiresInDays: days }),
      },
      context.host,
    );
    context.write(
      json ? `${JSON.stringify({ fingerprint, path }, undefined, 2)}\n` : `${fingerprint}\n${path}\n`,
    );
    return 0;
  },
});
