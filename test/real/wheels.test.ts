import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { readSystemCatalog } from "../../src/dependencies/catalog.ts";
import { resolveDependencies } from "../../src/dependencies/resolve.ts";
import { scanObjects } from "../../src/dependencies/scan.ts";
import type { LibraryCatalog, ObjectFacts } from "../../src/dependencies/types.ts";
import { VenvdebError } from "../../src/errors.ts";
import { dpkgShlibdeps, type ShlibdepsAnswer } from "../helpers/shlibdeps.ts";
import { bookworm } from "../helpers/target.ts";
import { wheelTree } from "../helpers/wheels.ts";
import { renderWheels, type WheelRow } from "./wheels-table.ts";

const run = promisify(execFile);
const wheels: { name: string; version: string }[] = JSON.parse(
  readFileSync(join(import.meta.dirname, "wheels.json"), "utf8"),
);
const rows: WheelRow[] = [];
const catalog = readSystemCatalog({
  architecture: "amd64",
  multiarch: "x86_64-linux-gnu",
  codename: "bookworm",
});

afterAll(async () => {
  if (rows.length < wheels.length) return;
  const sorted = rows.toSorted((a, b) => a.name.localeCompare(b.name, "en"));
  const page = join(import.meta.dirname, "../../docs/wheels.md");
  await writeFile(page, renderWheels(sorted));
  await run(join(import.meta.dirname, "../../node_modules/.bin/oxfmt"), [page]);
});

test("there are at least 40 of them", () => expect(wheels.length).toBeGreaterThanOrEqual(40));

test.each(wheels)(
  "$name $version depends on what dpkg-shlibdeps says, or the difference has a reason",
  async (wheel) => {
    const tree = await wheelTree(`${wheel.name}==${wheel.version}`);
    const objects = await scanObjects(tree.root, tree.files);
    expect(objects.length).toBeGreaterThan(0);
    const theirs = await dpkgShlibdeps(
      tree.root,
      objects.map(({ path }) => path),
    );
    const ours = resolve(objects, await catalog);
    const differences =
      ours.kind === "relations" ? await explainDifferences(ours.relations, theirs, objects, tree.root) : [];
    if (ours.kind === "refusal") expect(theirs.kind, ours.error).toBe("refusal");
    rows.push({ ...wheel, objects: objects.length, ours, theirs, differences });
  },
);

function resolve(objects: readonly ObjectFacts[], libraries: LibraryCatalog): ShlibdepsAnswer {
  try {
    const policy = { ignore: [], recommends: [] };
    const { relations } = resolveDependencies({ objects, catalog: libraries, policy, target: bookworm });
    return { kind: "relations", relations: relations.map(({ relation }) => relation) };
  } catch (error) {
    if (!(error instanceof VenvdebError)) throw error;
    return { kind: "refusal", error: `${error.code}: ${error.message.replace(/ \(wanted[^]*/, "")}` };
  }
}

/** glibc's bound has a rule of its own, checked here against readelf; everything else must be the same. */
async function explainDifferences(
  ours: readonly string[],
  theirs: ShlibdepsAnswer,
  objects: readonly ObjectFacts[],
  root: string,
): Promise<string[]> {
  const highest = await highestGlibc(objects.map(({ path }) => join(root, path)));
  expect(ours.filter(isLibc)).toEqual([`libc6 (>= ${highest})`]);
  if (theirs.kind === "refusal") return ["dpkg-shlibdeps gives no answer"];
  expect(ours.filter((one) => !isLibc(one)).toSorted()).toEqual(
    theirs.relations.filter((one) => !isLibc(one)).toSorted(),
  );
  return theirs.relations.some((one) => one === `libc6 (>= ${highest})`)
    ? []
    : [`no object needs more than GLIBC_${highest}`];
}

function isLibc(relation: string): boolean {
  return relation.startsWith("libc6 ");
}

/** The highest version need of all, by binutils; at least what amd64's glibc began with. */
async function highestGlibc(paths: readonly string[]): Promise<string> {
  const { stdout } = await run("readelf", ["--version-info", "--wide", ...paths], { maxBuffer: 1 << 28 });
  const versions = [...stdout.matchAll(/Name: GLIBC_([\d.]+)/g)].map(([, version = ""]) => version);
  const collator = new Intl.Collator("en", { numeric: true });
  return ["2.2.5", ...versions].toSorted((a, b) => collator.compare(a, b)).at(-1) ?? "";
}
