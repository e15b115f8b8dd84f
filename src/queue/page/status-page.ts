import { joinMarkup, renderMarkup, type Markup } from "../../repository/page/markup.ts";
import { shorten } from "../../repository/page/text.ts";
import type { FailedJob, JobStatus, QueueCounts, QueueStatus } from "../status-types.ts";
import { ago, spanText } from "./time-text.ts";

/** A whole HTML document: everything that is in the queue, as it was asked. */
export function renderStatusPage(status: QueueStatus): string {
  const now = new Date(status.time * 1000).toISOString();
  const body = renderMarkup("queue/index", {
    summary: summaryOf(status),
    repository: status.repository,
    redis: status.redis,
    iso: now,
    time: `${now.slice(0, 10)} ${now.slice(11, 19)} UTC`,
    sections: joinMarkup(sectionsOf(status)),
  });
  return renderDocument("Build queue", body, renderMarkup("queue/refresh"));
}

/** What a build has said. */
export function renderLogPage(key: string, text: string): string {
  const body = renderMarkup("queue/log", {
    key: key.slice(0, 12),
    link: `/log/${key}.txt`,
    text: text.slice(-MOST_SHOWN),
  });
  return renderDocument(`Log of ${key.slice(0, 12)}`, body, joinMarkup([]));
}

/** The end of a log says why it failed; the plain text has all of it. */
const MOST_SHOWN = 500_000;

function renderDocument(title: string, body: Markup, refresh: Markup): string {
  return renderMarkup("queue/document", { title, body, refresh }).html;
}

function summaryOf({ queues, failed }: QueueStatus): string {
  const sum = (pick: (queue: QueueCounts) => number) =>
    queues.reduce((total, queue) => total + pick(queue), 0);
  const lasting = failed.filter(({ again }) => !again).length;
  const [running, waiting] = [sum((queue) => queue.running), sum((queue) => queue.waiting + queue.retried)];
  const trouble = lasting === 0 ? "" : `, ${lasting} failed`;
  return running + waiting === 0
    ? `Nothing to do${trouble}.`
    : `${running} running, ${waiting} waiting${trouble}.`;
}

function sectionsOf({ queues, running, failed, waiting, published, time }: QueueStatus): Markup[] {
  const since = (job: JobStatus) => spanText(time - (job.started ?? job.queued));
  return [
    section(
      "queues",
      "Queues",
      "",
      queues.length === 0 ? nothing("Nothing was submitted yet.") : queueTable(queues),
    ),
    section(
      "running",
      "Running",
      counted(running),
      jobTable(running, {
        where: "Worker",
        when: "For",
        of: (job) => [job.worker ?? job.target, since(job)],
      }),
    ),
    section(
      "failed",
      "Failed",
      counted(failed),
      jobTable(failed, { where: "Target", when: "When", of: (job) => [job.target, ago(job.ended, time)] }),
    ),
    section(
      "waiting",
      "Waiting",
      counted(waiting),
      jobTable(waiting, {
        where: "Target",
        when: "For",
        of: (job) => [job.target, spanText(time - job.queued)],
      }),
    ),
    section(
      "published",
      "Published",
      published.length === 0 ? "" : `last ${ago(published[0]?.time, time)}`,
      published.length === 0
        ? nothing("Nothing was published from this queue yet.")
        : rowsTable(
            "Publication",
            "Suites",
            "When",
            published.map((each) =>
              jobRow({
                label: `${each.packages} ${each.packages === 1 ? "package" : "packages"}${each.missing.length === 0 ? "" : `, without ${shorten(each.missing.join(", "), 300)}`}`,
                log: joinMarkup([]),
                message: joinMarkup([]),
                where: each.suites.length === 0 ? "nothing new" : each.suites.join(", "),
                when: ago(each.time, time),
              }),
            ),
          ),
    ),
  ];
}

function counted(jobs: readonly unknown[]): string {
  return jobs.length === 0 ? "" : String(jobs.length);
}

function section(id: string, title: string, facts: string, body: Markup): Markup {
  return renderMarkup("queue/section", { id, title, facts, body });
}

function nothing(text: string): Markup {
  return renderMarkup("queue/nothing", { text });
}

function queueTable(queues: readonly QueueCounts[]): Markup {
  const rows = queues.map((queue) => {
    const { kind, target, tool, workers, waiting, running, retried, failed, doneEver } = queue;
    const isAlone = workers === 0 && waiting + running + retried > 0;
    return renderMarkup("queue/queue-row", {
      name: kind === "build" ? target : "Publications",
      alarm: isAlone ? renderMarkup("queue/alarm") : joinMarkup([]),
      ...texts({ workers, waiting, running, retried, failed, done: doneEver }),
      tool,
    });
  });
  return renderMarkup("queue/queues", { rows: joinMarkup(rows) });
}

function texts(numbers: Readonly<Record<string, number>>): Record<string, string> {
  return Object.fromEntries(Object.entries(numbers).map(([name, number]) => [name, String(number)]));
}

interface Columns<T> {
  readonly where: string;
  readonly when: string;
  readonly of: (job: T) => readonly [where: string, when: string];
}

function jobTable<T extends JobStatus | FailedJob>(
  jobs: readonly T[],
  { where, when, of }: Columns<T>,
): Markup {
  if (jobs.length === 0) return nothing("None.");
  const rows = jobs.map((job) => {
    const [place, time] = of(job);
    return jobRow({ label: job.label, where: place, when: time, log: logLink(job), message: messageOf(job) });
  });
  return rowsTable("Job", where, when, rows);
}

function rowsTable(what: string, where: string, when: string, rows: readonly Markup[]): Markup {
  return renderMarkup("queue/jobs", { what, where, when, rows: joinMarkup(rows) });
}

interface JobRow {
  readonly label: string;
  readonly log: Markup;
  readonly message: Markup;
  readonly where: string;
  readonly when: string;
}

function jobRow(row: JobRow): Markup {
  return renderMarkup("queue/job-row", { ...row });
}

/** Of a build that has begun. */
function logLink(job: JobStatus): Markup {
  const has = job.kind === "build" && job.id !== "" && (job.started !== undefined || job.attempts > 0);
  return has ? renderMarkup("queue/log-link", { link: `/log/${job.id}` }) : joinMarkup([]);
}

function messageOf(job: JobStatus | FailedJob): Markup {
  if (!("message" in job)) return joinMarkup([]);
  const text = job.again ? `${job.message}\n(it is tried again)` : job.message;
  return renderMarkup("queue/message", { text: shorten(text, 1200) });
}
