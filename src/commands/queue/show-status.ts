import { VenvdebError } from "../../errors.ts";
import type { Queues } from "../../queue/open.ts";
import { serveStatus } from "../../queue/serve-status.ts";
import { readJobLog } from "../../queue/status.ts";
import type { JobStatus, QueueStatus } from "../../queue/status-types.ts";
import type { Storage } from "../../repository/storage/types.ts";
import { renderTable } from "../table.ts";
import type { CommandContext } from "../types.ts";

interface StatusSource {
  readonly queues: Queues;
  readonly store: Storage;
  readonly read: () => Promise<QueueStatus>;
}

export function renderStatus(status: QueueStatus, json: boolean): string {
  return json ? `${JSON.stringify(status, undefined, 2)}\n` : statusText(status);
}

/** A terminal must not act upon what somebody has put into Redis. */
function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]+/gu, " ");
}

function statusText({ queues, running, failed, published, time }: QueueStatus): string {
  if (queues.length === 0) return "The queue is empty: nothing was submitted yet.\n";
  const rows = queues.map((each) =>
    [
      each.kind === "build" ? each.target : "publications",
      each.tool,
      each.workers,
      each.waiting,
      each.running,
      each.retried,
      each.failed,
      each.doneEver,
    ].map(String),
  );
  const table = renderTable([
    ["QUEUE", "VENVDEB", "WORKERS", "WAITING", "RUNNING", "RETRIED", "FAILED", "DONE"],
    ...rows,
  ]);
  const sections = [
    section(
      "Running",
      running.map(
        (job) =>
          `${jobName(job)}, for ${time - (job.started ?? time)} s${job.worker === undefined ? "" : ` on ${plain(job.worker)}`}`,
      ),
    ),
    section(
      "Failed",
      failed.map(
        (job) => `${jobName(job)}${job.again ? " (is tried again)" : ""}\n      ${plain(job.message)}`,
      ),
    ),
    section(
      "Published",
      published
        .slice(0, 5)
        .map(
          ({ time: at, suites, packages }) =>
            `  ${new Date(at * 1000).toISOString()}  ${packages} packages, ${plain(suites.join(", ") || "nothing new")}`,
        ),
    ),
  ];
  return `${table}${sections.join("")}`;
}

function jobName({ id, label }: JobStatus): string {
  return `  ${id.slice(0, 12)}  ${plain(label)}`;
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : `\n${title}:\n${lines.join("\n")}\n`;
}

/** @throws VenvdebError QUEUE_NO_LOG */
export async function findLog(start: string, { queues, store, read }: StatusSource): Promise<string> {
  const { running, waiting, failed } = await read();
  const keys = new Set(
    [...running, ...waiting, ...failed].map(({ id }) => id).filter((id) => id.startsWith(start)),
  );
  const [key] = start.length === 64 ? [start] : [...keys];
  const log = key === undefined || keys.size > 1 ? undefined : await readJobLog(queues, store, key);
  if (log !== undefined) return log;
  throw new VenvdebError(
    "QUEUE_NO_LOG",
    `Cannot print the log of "${start}": ${keys.size > 1 ? "several builds begin so" : "no build that runs or failed has said anything"} (wanted: the key of one)`,
    { hint: "venvdeb status fleet.toml lists the keys; logs of published packages are not kept" },
  );
}

/** Serves the page until a signal. */
export async function servePage(
  listen: string,
  { queues, store, read }: StatusSource,
  context: CommandContext,
): Promise<void> {
  const [, address, port = ""] = /^(?:(.+):)?(\d+)$/.exec(listen) ?? [];
  const server = await serveStatus({
    ...(address === undefined ? {} : { host: address.replaceAll(/[[\]]/g, "") }),
    port: Number(port),
    read,
    log: async (key) => readJobLog(queues, store, key),
  });
  if (server.warning !== undefined) context.reporter.warning(server.warning);
  context.write(`${server.url}\n`);
  await server.ended;
}
