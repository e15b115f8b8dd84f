import type { KeyFacts } from "../../../repository/sign/types.ts";
import type { RepositoryKey } from "../../../repository/types.ts";
import { renderTable } from "../../table.ts";
import { defineCommand } from "../../types.ts";
import { JSON_OPTION, URL_OPERAND } from "../shared.ts";

/** `venvdeb repo key show`: the keys, and when they end; exit code 1 when one that signs has a problem. */
export const repoKeyShow = defineCommand({
  name: "repo key show",
  summary: "Show the keys of a repository, and when they expire",
  operands: [URL_OPERAND],
  options: JSON_OPTION,
  examples: [{ command: "repo key show ./apt", says: "Fails when a key is near its end: for a daily job" }],
  handler: async ({ options, operands, context }) => {
    const [{ openRepository }, { describeCertificate }] = await Promise.all([
      import("../../../repository/open.ts"),
      import("../../../repository/sign/keys.ts"),
    ]);
    const { settings } = await openRepository(operands[0] ?? "", context.host);
    const keys = await Promise.all(
      settings.keys.map(async ({ status, certificate }) =>
        Object.assign({ status }, await describeCertificate(certificate)),
      ),
    );
    context.write(options.json ? `${JSON.stringify(keys, undefined, 2)}\n` : renderKeys(keys));
    return keys.some(({ status, problems }) => status === "signing" && problems.length > 0) ? 1 : 0;
  },
});

function renderKeys(keys: readonly (KeyFacts & Pick<RepositoryKey, "status">)[]): string {
  const rows = keys.map(({ fingerprint, status, algorithm, expires, userIds }) => [
    fingerprint,
    status,
    algorithm,
    expires === undefined ? "never" : expires.toISOString().slice(0, 10),
    userIds.join(", "),
  ]);
  const problems = keys.flatMap(({ fingerprint, problems: all }) =>
    all.map((one) => `${fingerprint}: ${one}\n`),
  );
  return (
    renderTable([["FINGERPRINT", "STATUS", "ALGORITHM", "EXPIRES", "USER"], ...rows]) + problems.join("")
  );
}
