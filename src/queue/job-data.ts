import { z } from "zod";
import { VenvdebError } from "../errors.ts";

/**
 * What Redis holds of a build: identifiers, and a text for people. What is to be built is in the store, below the digest
 * of the plan, so that nobody who only writes to Redis can say what a worker fetches or runs.
 */
export interface BuildData {
  readonly format: 1;
  /** SHA-256 of the plan as it is in the store. */
  readonly plan: string;
  /** Of the job in the plan. */
  readonly key: string;
  readonly label: string;
}

/** What Redis holds of a publication: of a plan as a whole. */
export interface PublishData {
  readonly format: 1;
  readonly plan: string;
  readonly label: string;
}

/** What a publication gives back through Redis: shown, and never acted upon. */
export interface PublishedReport {
  readonly suites: readonly string[];
  readonly packages: number;
  /** Labels of the jobs that brought no package. */
  readonly missing: readonly string[];
}

const digest = z.string().regex(/^[0-9a-f]{64}$/, "a SHA-256");
const label = z.string().max(500);
const publishSchema = z.strictObject({ format: z.literal(1), plan: digest, label });
const buildSchema = publishSchema.extend({ key: digest });
const reportSchema = z.strictObject({
  suites: z.array(label).max(10_000),
  packages: z.int().min(0),
  missing: z.array(label).max(10_000),
});

/** @throws VenvdebError QUEUE_BAD_JOB */
export function parseBuildData(value: unknown): BuildData {
  return parse(buildSchema, value);
}

/** @throws VenvdebError QUEUE_BAD_JOB */
export function parsePublishData(value: unknown): PublishData {
  return parse(publishSchema, value);
}

/** Nothing for what is none. */
export function parseReport(value: unknown): PublishedReport | undefined {
  return reportSchema.safeParse(value).data;
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new VenvdebError(
    "QUEUE_BAD_JOB",
    `Cannot take a job of the queue: it is not what this venvdeb submits: ${z.prettifyError(result.error).slice(0, 500)}`,
    { hint: "submit it again with the venvdeb of the workers; see who else writes to this Redis" },
  );
}
