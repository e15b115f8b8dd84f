import { defineCommand } from "./types.ts";

/** `venvdeb cache`: what builds have kept for the next ones. */
export const cache = defineCommand({
  name: "cache",
  summary: "Show, shrink or check what builds have kept",
  operands: {
    name: "action",
    describe: "What to do",
    count: "one",
    choices: ["info", "prune", "verify"],
  },
  options: {
    size: {
      type: "text",
      describe: "prune: what may stay, such as 2G; 0 removes everything",
      fallback: "VENVDEB_CACHE_SIZE, or 10G",
    },
    json: { type: "flag", describe: "Print it as JSON" },
  },
  examples: [
    { command: "cache info", says: "How much there is, and where" },
    { command: "cache prune --size 2G", says: "Remove what was not used for longest" },
    { command: "cache verify", says: "Read everything; what is damaged is removed" },
  ],
  handler: async ({ options, operands, context }) => {
    const [limits, survey] = await Promise.all([import("../cache/limit.ts"), import("../cache/survey.ts")]);
    const { host } = context;
    const folder = limits.storeFolder(host);
    const limit =
      options.size === undefined ? limits.storeLimit(host) : limits.parseSize(options.size, "--size");
    const [action = "info"] = operands;
    const show = (facts: CacheFacts) =>
      context.write(options.json ? `${JSON.stringify(facts, undefined, 2)}\n` : renderFacts(facts));
    if (action === "info") {
      show({ folder, ...count(await survey.listValues(folder)), limit });
      return 0;
    }
    if (action === "prune") {
      show({ folder, removed: count(await survey.trimStore(folder, limit, Date.now())) });
      return 0;
    }
    const damaged = count(await survey.verifyStore(folder));
    show({ folder, damaged, ...count(await survey.listValues(folder)) });
    return damaged.values === 0 ? 0 : 1;
  },
});

interface Count {
  readonly values: number;
  /** Bytes. */
  readonly size: number;
}

interface CacheFacts extends Partial<Count> {
  readonly folder: string;
  /** Bytes. */
  readonly limit?: number;
  readonly removed?: Count;
  readonly damaged?: Count;
}

function count(values: readonly { readonly size: number }[]): Count {
  return { values: values.length, size: values.reduce((sum, { size }) => sum + size, 0) };
}

function renderFacts({ folder, values, size, limit, removed, damaged }: CacheFacts): string {
  const lines = [
    `folder: ${folder}`,
    ...(values === undefined ? [] : [`kept: ${countOf(values)}, ${megabytes(size)}`]),
    ...(limit === undefined ? [] : [`limit: ${megabytes(limit)}`]),
    ...(removed === undefined ? [] : [`removed: ${countOf(removed.values)}, ${megabytes(removed.size)}`]),
    ...(damaged === undefined ? [] : [`damaged and removed: ${countOf(damaged.values)}`]),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function countOf(values: number): string {
  return values === 1 ? "1 value" : `${values} values`;
}

function megabytes(bytes = 0): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
