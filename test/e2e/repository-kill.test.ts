import { describe, expect, test } from "vitest";
import type { Fault } from "../../src/repository/operations/verify.ts";
import { stressedRepository, type Place, type StressedRepository } from "../helpers/stressed-repository.ts";

/** Every n-th call of a storage; 1 takes the better part of an hour. */
const STRIDE = Number(process.env["VENVDEB_STRESS_STRIDE"] ?? 96);

/** A command, and what it makes of a repository. */
interface Step {
  readonly command: string;
  readonly args: readonly string[];
  readonly suite: string;
  readonly after: readonly string[];
}

/** Makes what a command needs, and says what it will do. */
type Prepare = (made: StressedRepository, number: number) => Promise<Step>;

const STEPS: Readonly<Record<string, Prepare>> = {
  add: async (made, number) => {
    const deb = made.deb("shop", `2.${number}`);
    const after = [...(await made.listed("testing")), `shop 2.${number}`];
    return { command: "add", args: ["testing", deb], suite: "testing", after };
  },
  remove: async (made) => {
    const there = await made.listed("testing");
    if (!there.includes("gone 1")) await made.add("testing", made.deb("gone", "1"));
    const after = (await made.listed("testing")).filter((each) => each !== "gone 1");
    return { command: "remove", args: ["testing", "gone=1"], suite: "testing", after };
  },
  promote: async (made, number) => {
    await made.add("testing", made.deb("shop", `3.${number}`));
    const after = [...(await made.listed("stable")), `shop 3.${number}`];
    const args = ["testing", "stable", `shop=3.${number}`];
    return { command: "promote", args, suite: "stable", after };
  },
  retain: async (made, number) => {
    const debs = [1, 2, 3].map((minor) => made.deb("old", `${number}.${minor}`));
    await made.add("canary", ...debs);
    return {
      command: "retain",
      args: ["canary", "--versions", "1"],
      suite: "canary",
      after: ["anchor 1", `old ${number}.3`],
    };
  },
  rollback: async (made, number) => {
    const after = await made.listed("canary");
    const [id = ""] = await made.releases("canary");
    await made.add("canary", made.deb("wrong", String(number)));
    return { command: "rollback", args: ["canary", "--to", id], suite: "canary", after };
  },
};

describe.each<Place>(["folder", "bucket"])("in a %s, a publisher that is killed at any call", (place) => {
  test(
    "is seen by no client, loses nothing, and is made up for by the next",
    { timeout: 7_200_000 },
    async () => {
      const made = await stressedRepository(place, { graceSeconds: 30 });
      for (const suite of ["testing", "stable", "canary"]) await made.add(suite, made.deb("anchor", "1"));
      await made.add("testing", made.deb("shop", "1"));
      const clients = [await made.client(["anchor", "shop"]), await made.client(["anchor"], 1000)];
      const points: Record<string, number> = {};
      const outcomes = new Set<string>();
      for (const [name, prepare] of Object.entries(STEPS))
        for (const amid of [false, true]) {
          let number = 0;
          for (let killAt = 1 + (amid ? STRIDE >> 1 : 0), isOver = false; !isOver; killAt += STRIDE) {
            const step = await prepare(made, ++number + (amid ? 500 : 0));
            const before = (await made.listed(step.suite)).toSorted();
            const after = step.after.toSorted();
            const { outcome, stderr } = await made.repo(step.command, step.args, { killAt, amid });
            const at = `${name} killed ${amid ? "amid" : "before"} call ${killAt}: ${outcome} ${stderr}`;
            expect(outcome, at).not.toBe("failed");
            expect(beyondTails(await made.faults()), at).toEqual([]);
            const found = (await made.listed(step.suite)).toSorted();
            expect([before, after], at).toContainEqual(found);
            if (outcome === "killed")
              outcomes.add(`${name} ${String(found) === String(after) ? "new" : "old"}`);
            // What is removed already cannot be removed again.
            if (step.command === "remove" && String(found) === String(after))
              await made.done("add", step.suite, made.deb("anchor", "1"));
            else await made.done(step.command, ...step.args);
            expect(await made.faults(), at).toEqual([]);
            expect((await made.listed(step.suite)).toSorted(), at).toEqual(after);
            expect(clients.flatMap(({ failures }) => failures)).toEqual([]);
            isOver = outcome === "done";
            if (!isOver) points[name] = (points[name] ?? 0) + 1;
          }
        }
      for (const client of clients) await client.stop();
      expect(clients.flatMap(({ failures }) => failures)).toEqual([]);
      console.log(
        place,
        "killed at",
        points,
        "clients' rounds",
        clients.map((client) => client.rounds()),
      );
      for (const name of Object.keys(STEPS))
        for (const state of STRIDE > 12 ? ["old"] : ["old", "new"])
          expect([...outcomes]).toContain(`${name} ${state}`);
      expect([...outcomes].join(",")).toContain(" new");
    },
  );
});

test("a publisher whose head comes first is found out", { timeout: 600_000 }, async () => {
  const made = await stressedRepository("folder");
  await made.add("testing", made.deb("shop", "1"));
  for (const suite of ["stable", "canary"]) await made.add(suite, made.deb("anchor", "1"));
  const client = await made.client(["anchor", "shop"]);
  for (let minor = 2; minor < 8; minor++)
    await made.repo("add", ["testing", made.deb("shop", `1.${minor}`)], { broken: "head-first" });
  await client.stop();
  expect(client.failures.length).toBeGreaterThan(0);
  expect(client.failures.join("\n")).toMatch(/Hash Sum mismatch|unexpected size|404/);
  await made.repo("add", ["testing", made.deb("shop", "2")], { killAt: -1, broken: "head-first" });
  expect(beyondTails(await made.faults())).not.toEqual([]);
});

/** What the next publication puts right: plain names, `Release` and its signature, which old clients alone read. */
function beyondTails(faults: readonly Fault[]): Fault[] {
  return faults.filter(({ kind, path }) => kind !== "stale" && !path.endsWith("Release.gpg"));
}
