import { resolve } from "node:path";
import { readFile } from "../../effects/fs.ts";
import { messageOf, VenvdebError } from "../../errors.ts";
import type { Fleet } from "../../sync/fleet/types.ts";
import { createBell, watch } from "../../sync/watch.ts";
import { listenForWebhooks } from "../../sync/webhook.ts";
import type { CommandContext } from "../types.ts";
import { runOnce, type SyncValues } from "./run.ts";

export async function watchFleet(fleet: Fleet, values: SyncValues, context: CommandContext): Promise<0> {
  const bell = createBell();
  const { reporter } = context;
  if (values.listen !== undefined) await startListening(values.listen, values, bell.ring, context);
  let runs = 0;
  await watch(
    async () => {
      // Asked for by hand, the first run tries everything.
      await runOnce(fleet, { ...values, retry: runs++ === 0 }, context);
    },
    { interval: values.interval, reporter, woken: bell.rung },
  );
  return 0;
}

async function startListening(
  listen: string,
  values: SyncValues,
  onDelivery: () => void,
  { host, reporter }: CommandContext,
): Promise<void> {
  const [, address, port = ""] = /^(?:(.+):)?(\d+)$/.exec(listen) ?? [];
  const file = values["webhook-secret-file"];
  const secret = file === undefined ? host.env["VENVDEB_WEBHOOK_SECRET"] : await readSecret(file, host.cwd);
  if (secret === undefined || secret.length < 16) throw noSecret(secret !== undefined);
  const server = await listenForWebhooks({
    ...(address === undefined ? {} : { host: address.replaceAll(/[[\]]/g, "") }),
    port: Number(port),
    secret,
    onDelivery,
    onRefused: (why) => reporter.info(`A webhook was refused: ${why}`),
  });
  if (server.warning !== undefined) reporter.warning(server.warning);
  reporter.info(`Listening for webhooks at ${server.url}`);
}

async function readSecret(file: string, cwd: string): Promise<string> {
  const text = await readFile(resolve(cwd, file), "utf8").catch((cause: unknown) => {
    throw new VenvdebError("SYNC_NO_SECRET", `Cannot read the secret "${file}": ${messageOf(cause)}`, {
      cause,
      exitCode: 2,
    });
  });
  return text.trim();
}

function noSecret(isShort: boolean): VenvdebError {
  const problem = isShort ? "its secret has fewer than 16 characters" : "there is no secret";
  return new VenvdebError(
    "SYNC_NO_SECRET",
    `Cannot listen for webhooks: ${problem} (wanted: one that only the forge knows)`,
    {
      exitCode: 2,
      hint: "openssl rand -hex 32 > secret; then give --webhook-secret-file secret, and enter it at the forge",
    },
  );
}
