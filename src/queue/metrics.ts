import type { QueueCounts, QueueStatus } from "./status-types.ts";

/** Numbers in Prometheus' text format, version 0.0.4. */
export function renderMetrics({ queues, running, waiting, published, time }: QueueStatus): string {
  const states = ["waiting", "running", "retried", "failed"] as const;
  const jobs = queues.flatMap((queue) =>
    states.map((state) => sample("venvdeb_queue_jobs", { ...labelsOf(queue), state }, queue[state])),
  );
  const ended = queues.flatMap((queue) => [
    sample("venvdeb_jobs_ended_total", { ...labelsOf(queue), outcome: "done" }, queue.doneEver),
    sample("venvdeb_jobs_ended_total", { ...labelsOf(queue), outcome: "failed" }, queue.failedEver),
  ]);
  const workers = queues.map((queue) => sample("venvdeb_queue_workers", labelsOf(queue), queue.workers));
  const builds = waiting.filter(({ kind }) => kind === "build");
  const [last] = published;
  return [
    family("venvdeb_queue_jobs", "gauge", "Jobs in the queue, by state.", jobs),
    family("venvdeb_jobs_ended_total", "counter", "Jobs that have ended, tries that failed for good.", ended),
    family("venvdeb_queue_workers", "gauge", "Workers that are connected.", workers),
    family("venvdeb_oldest_waiting_seconds", "gauge", "Age of the build that waits longest.", [
      sample("venvdeb_oldest_waiting_seconds", {}, oldest(builds.map(({ queued }) => time - queued))),
    ]),
    family("venvdeb_longest_running_seconds", "gauge", "Time that the longest job runs for.", [
      sample(
        "venvdeb_longest_running_seconds",
        {},
        oldest(running.map(({ started = time }) => time - started)),
      ),
    ]),
    family(
      "venvdeb_last_published_timestamp_seconds",
      "gauge",
      "When a plan was published last.",
      last === undefined ? [] : [sample("venvdeb_last_published_timestamp_seconds", {}, last.time)],
    ),
  ].join("");
}

function oldest(ages: readonly number[]): number {
  return Math.max(0, ...ages);
}

function labelsOf({ kind, target, tool }: QueueCounts): Record<string, string> {
  return { kind, target, tool };
}

function family(name: string, type: "gauge" | "counter", help: string, samples: readonly string[]): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${samples.join("")}`;
}

function sample(name: string, labels: Readonly<Record<string, string>>, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
  return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${value}\n`;
}

function escapeLabel(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
