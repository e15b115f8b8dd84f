import { expect, it } from "vitest";
import { parseBuildData, parsePublishData, parseReport } from "../../src/queue/job-data.ts";
import { thrown } from "../helpers/thrown.ts";

const [PLAN, KEY] = ["a".repeat(64), "b".repeat(64)];
const BUILD = { format: 1, plan: PLAN, key: KEY, label: "billing 1.0-1" };

it("reads what is submitted", () => {
  expect(parseBuildData(BUILD)).toEqual(BUILD);
  expect(parsePublishData({ format: 1, plan: PLAN, label: "x" })).toMatchObject({ plan: PLAN });
});

it.each([
  ["nothing", undefined],
  ["text", "rm -rf /"],
  ["another format", { ...BUILD, format: 2 }],
  ["a path for a key", { ...BUILD, key: "../../etc/passwd" }],
  ["a path for a plan", { ...BUILD, plan: `../${PLAN.slice(3)}` }],
  ["an address of its own", { ...BUILD, url: "https://evil.example.org/x.git" }],
  ["a very long text", { ...BUILD, label: "x".repeat(501) }],
  ["a prototype", JSON.parse(`{"__proto__": {"format": 1}, "plan": "${PLAN}"}`)],
])("refuses %s", async (_, data) => {
  expect((await thrown(() => parseBuildData(data))).code).toBe("QUEUE_BAD_JOB");
});

it("takes a result that is none for nothing", () => {
  expect(parseReport({ suites: ["stable"], packages: 1, missing: [] })).toBeDefined();
  expect(parseReport({ suites: "stable", packages: 1, missing: [] })).toBeUndefined();
  expect(parseReport(null)).toBeUndefined();
});
