import { randomInt } from "node:crypto";
import { statfsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, onTestFinished, test } from "vitest";
import { compareDebianVersions } from "../../src/deb/version.ts";
import { startFaultProxy, type Fault } from "../helpers/fault-proxy.ts";
import { stressedRepository, type Place, type StressedRepository } from "../helpers/stressed-repository.ts";
import { tempFiles } from "../helpers/temp-files.ts";

/** In each, six publish at once. */
const ROUNDS = Number(process.env["VENVDEB_STRESS_ROUNDS"] ?? 3);
const publishersIn = (place: Place): number =>
  Number(process.env["VENVDEB_STRESS_PUBLISHERS"] ?? (place === "folder" ? 50 : 20));

describe.each<Place>(["folder", "bucket"])("in a %s, publishers at one time", (place) => {
  test("of which many are killed lose nothing, and no client notices", { timeout: 7_200_000 }, async () => {
    const made = await stressedRepository(place, { graceSeconds: 120 });
    const names = ["one", "two", "three"];
    for (const suite of ["testing", "stable", "canary"]) await made.add(suite, made.deb("anchor", "1"));
    for (const name of names) await made.add("testing", made.deb(name, "0"));
    const clients = [await made.client(["anchor", ...names], 500), await made.client(["anchor"])];
    const record = { kills: 0, promoted: new Set<string>(), known: new Map<string, string>() };
    for (let round = 1; round <= ROUNDS; round++) {
      await Promise.all([
        ...names.map(async (name) => addOne(made, record, name, String(round))),
        promoteAll(made, record),
        publish(made, record, "retain", ["testing", "--versions", "3"]),
        goBack(made, record, round),
      ]);
      for (const suite of ["testing", "stable", "canary"]) await made.add(suite, made.deb("anchor", "1"));
      expect(await made.faults(), `round ${round}`).toEqual([]);
      const listed = await made.listed("testing");
      for (const [name, version] of record.known) {
        const newest = newestOf(listed, name);
        expect(compareDebianVersions(newest, version), `${name}: ${newest}`).toBeGreaterThanOrEqual(0);
      }
      expect(await made.listed("stable")).toEqual(expect.arrayContaining([...record.promoted]));
      expect(clients.flatMap(({ failures }) => failures)).toEqual([]);
    }
    for (const client of clients) await client.stop();
    expect(clients.flatMap(({ failures }) => failures)).toEqual([]);
    console.log(
      place,
      record.kills,
      "kills, clients' rounds",
      clients.map((client) => client.rounds()),
    );
  });

  const count = publishersIn(place);
  test(`${count} of them all succeed, and no package is lost`, { timeout: 3_600_000 }, async () => {
    const made = await stressedRepository(place);
    const debs = Array.from({ length: count }, (_, number) =>
      [1, 2].map((part) => made.deb(`p${number}-${part}`, "1")),
    );
    const ended = await Promise.all(debs.map(async (paths) => made.repo("add", ["testing", ...paths])));
    expect(ended.filter(({ outcome }) => outcome !== "done").map(({ stderr }) => stderr)).toEqual([]);
    expect(await made.listed("testing")).toHaveLength(2 * count);
    expect(await made.faults()).toEqual([]);
  });
});

test("publishers without lock and condition are found out", { timeout: 600_000 }, async () => {
  const made = await stressedRepository("folder");
  const debs = Array.from({ length: 8 }, (_, number) => made.deb(`p${number}`, "1"));
  await Promise.all(debs.map(async (deb) => made.repo("add", ["testing", deb], { broken: "careless" })));
  expect((await made.listed("testing")).length).toBeLessThan(8);
});

test("a bucket that fails at every tenth request loses nothing", { timeout: 1_800_000 }, async () => {
  const faults: Fault[] = (["before", "after"] as const).flatMap((when) =>
    ([500, 503, 409, "drop"] as const).map((answer) => ({ answer, when })),
  );
  let isQuiet = true;
  let count = 0;
  const made = await stressedRepository("bucket", {
    proxy: async (endpoint) =>
      startFaultProxy(endpoint, () => (isQuiet || ++count % 10 !== 0 ? undefined : faults[(count / 10) % 8])),
  });
  isQuiet = false;
  for (let number = 0; number < 6; number++) {
    await made.done("add", "testing", made.deb("shop", `1.${number}`));
    await made.done("promote", "testing", "stable", `shop=1.${number}`);
    if (number > 0) await made.done("remove", "testing", `shop=1.${number - 1}`);
  }
  await made.done("snapshot", "stable", "--id", "kept");
  await made.done("retain", "stable", "--versions", "2");
  expect(await made.listed("testing")).toEqual(["shop 1.5"]);
  expect(await made.listed("stable")).toEqual(["shop 1.4", "shop 1.5"]);
  expect(await made.faults()).toEqual([]);
  expect(count).toBeGreaterThan(200);
});

test("a full disk leaves the former repository, and the next command has room again", async () => {
  const disk = await tempFiles();
  await execa("mount", ["-t", "tmpfs", "-o", "size=4m", "tmpfs", disk]);
  onTestFinished(async () => void (await execa("umount", ["--lazy", disk])));
  const made = await stressedRepository("folder", { folder: join(disk, "apt") });
  await made.done("add", "testing", made.deb("anchor", "1"));
  const outcomes = new Set<string>();
  for (let left = 0; left < 160; left += 8) {
    await fill(disk, left * 1024);
    const { outcome, stderr } = await made.repo("add", ["testing", made.deb("shop", `1.${left}`)]);
    outcomes.add(outcome);
    if (outcome === "failed") expect(stderr).toMatch(/no space|full/i);
    await rm(join(disk, "filler"));
    await made.add("testing", made.deb("anchor", "1"));
    expect(await made.faults()).toEqual([]);
    const listed = await made.listed("testing");
    const isPublished = outcome === "done" || stderr.includes("is published all the same");
    expect(listed.includes(`shop 1.${left}`), stderr).toBe(isPublished);
  }
  expect([...outcomes].toSorted()).toEqual(["done", "failed"]);
});

interface Log {
  kills: number;
  /** `NAME VERSION` that a publisher was told to be in stable. */
  readonly promoted: Set<string>;
  /** The newest version of each name that a publisher was told to be in testing. */
  readonly known: Map<string, string>;
}

/** Half of them are killed at a moment that chance chooses. */
async function publish(
  made: StressedRepository,
  log: Log,
  command: string,
  args: readonly string[],
): Promise<string | undefined> {
  const fate = randomInt(2) === 0 ? { killAfter: randomInt(4000) } : {};
  const { outcome, stdout, stderr } = await made.repo(command, args, fate);
  if (outcome === "killed") log.kills++;
  if (outcome === "failed") throw new Error(`${command} ${args.join(" ")}: ${stderr}`);
  return outcome === "done" ? stdout : undefined;
}

async function addOne(made: StressedRepository, log: Log, name: string, version: string): Promise<void> {
  const said = await publish(made, log, "add", ["testing", made.deb(name, version)]);
  if (said !== undefined) log.known.set(name, version);
}

async function promoteAll(made: StressedRepository, log: Log): Promise<void> {
  const said = await publish(made, log, "promote", ["testing", "stable", "--json"]);
  if (said === undefined) return;
  const published: { added: { name: string; version: string }[] }[] = JSON.parse(said);
  for (const { added } of published)
    for (const { name, version } of added) log.promoted.add(`${name} ${version}`);
}

/** Adds to the third suite, and takes that back. */
async function goBack(made: StressedRepository, log: Log, round: number): Promise<void> {
  const [id = ""] = await made.releases("canary");
  await publish(made, log, "add", ["canary", made.deb("wrong", String(round))]);
  if ((await publish(made, log, "rollback", ["canary", "--to", id])) === undefined) return;
  expect(await made.listed("canary")).not.toContain(`wrong ${round}`);
}

function newestOf(listed: readonly string[], name: string): string {
  const versions = listed
    .filter((each) => each.startsWith(`${name} `))
    .map((each) => each.split(" ")[1] ?? "");
  return versions.toSorted(compareDebianVersions).at(-1) ?? "0~";
}

/** Takes all room but so much. */
async function fill(disk: string, left: number): Promise<void> {
  const { bavail, bsize } = statfsSync(disk);
  await writeFile(join(disk, "filler"), Buffer.alloc(Math.max(0, bavail * bsize - left)));
}
