import { VenvdebError } from "../../../errors.ts";
import { defineCommand } from "../../types.ts";
import { JSON_OPTION, SIGNING_OPTIONS, URL_OPERAND } from "../shared.ts";
import { changeKeysIn } from "./change.ts";

/** `venvdeb repo key rotate`: a successor, which signs beside the former key. */
export const repoKeyRotate = defineCommand({
  name: "repo key rotate",
  summary: "Make a successor of the key; both sign until the former is retired",
  operands: [URL_OPERAND],
  options: {
    name: { type: "text", describe: "Whose key it is", fallback: "as the former" },
    email: { type: "text", describe: "Address of its owner", fallback: "as the former" },
    algorithm: { type: "text", choices: ["rsa4096", "ed25519"], default: "rsa4096", describe: "Algorithm" },
    days: { type: "count", describe: "Until it expires", fallback: "four years" },
    ...SIGNING_OPTIONS,
    ...JSON_OPTION,
  },
  examples: [
    { command: "repo key rotate ./apt", says: "Then ship the keyring package; retire months later" },
  ],
  handler: async ({ options, operands, context }) => {
    const [{ openRepository }, { createRepositoryKey }, { addKey }, { chooseSigners }, { signerOptions }] =
      await Promise.all([
        import("../../../repository/open.ts"),
        import("../../../repository/operations/keys.ts"),
        import("../../../repository/sign/rotation.ts"),
        import("../../../repository/sign/choose.ts"),
        import("../signing.ts"),
      ]);
    const { host, reporter } = context;
    const repository = await openRepository(operands[0] ?? "", host);
    const { keys, label } = repository.settings;
    const former = keys.findLast(({ status }) => status === "signing");
    if (former === undefined) throw noKey();
    // A key that nobody can sign beside of would be made in vain.
    await chooseSigners(keys, signerOptions(options), host);
    const { algorithm, days } = options;
    const owner = await ownerOf(former.certificate);
    const email = options.email ?? owner.email;
    const created = await createRepositoryKey(
      {
        name: options.name ?? owner.name ?? `${label} archive`,
        algorithm,
        ...(email === undefined ? {} : { email }),
        ...(days === undefined ? {} : { expiresInDays: days }),
      },
      host,
    );
    reporter.info(`The new key is ${created.fingerprint}; its private part is ${created.path}`);
    reporter.info(
      "Now: venvdeb repo key package URL, and when clients have that: venvdeb repo key retire URL OLD",
    );
    const change = (before: typeof keys) => addKey(before, created);
    return changeKeysIn({ repository, title: "Sign with both keys", options, context, change });
  },
});

/** The parts of its first user ID, as far as a new key can have them. */
async function ownerOf(certificate: string): Promise<{ readonly name?: string; readonly email?: string }> {
  const { describeCertificate } = await import("../../../repository/sign/keys.ts");
  const [userId = ""] = (await describeCertificate(certificate)).userIds;
  const { name, email } =
    /^(?<name>[^<>()]+?)(?: \([^()]*\))?(?: <(?<email>[^<>\s]+)>)?$/.exec(userId)?.groups ?? {};
  return { ...(name === undefined ? {} : { name }), ...(email === undefined ? {} : { email }) };
}

function noKey(): VenvdebError {
  return new VenvdebError("SIGN_NO_KEY", "Cannot rotate the key: the repository has none that signs", {
    hint: "venvdeb repo key import URL FILE",
  });
}
