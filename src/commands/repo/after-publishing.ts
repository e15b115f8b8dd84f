import { messageOf, VenvdebError } from "../../errors.ts";
import type { Reporter } from "../../reporter.ts";
import type { OpenRepository } from "../../repository/publish.ts";

/** The packages are published already: a page that cannot be written is no reason to fail. */
export async function refreshPage(repository: OpenRepository, reporter: Reporter): Promise<void> {
  const { publishPage } = await import("../../repository/page/publish-page.ts");
  try {
    await reporter.step("Write the web page", async () => publishPage(repository));
  } catch (error) {
    if (!(error instanceof VenvdebError)) throw error;
    reporter.warning(`The web page was not written: ${messageOf(error)}`, error.hint);
  }
}

/** Every publication tells when a key is near its end. */
export async function warnOfKeys({ settings }: OpenRepository, reporter: Reporter): Promise<void> {
  const { describeCertificate } = await import("../../repository/sign/keys.ts");
  for (const { status, certificate, fingerprint } of settings.keys) {
    if (status === "retired") continue;
    const { problems } = await describeCertificate(certificate);
    for (const problem of problems)
      reporter.warning(`Key ${fingerprint}: ${problem}`, "venvdeb repo key rotate URL");
  }
}
