import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import type { InstalledDistribution } from "../../src/environment/types.ts";
import { cutEnvironment, joinLayers } from "../../src/layers/cut.ts";
import { prepareEntries } from "../../src/deb/entries.ts";
import { assemblePlan } from "../../src/plan/assemble.ts";
import { planInput } from "../helpers/plan-input.ts";

const plan = assemblePlan(planInput({}));

function distribution(name: string, changes: Partial<InstalledDistribution>): InstalledDistribution {
  return {
    name,
    displayName: name,
    version: "1",
    origin: "index",
    distInfo: `lib/${name}.dist-info`,
    files: [`lib/${name}/__init__.py`],
    metadata: { licenseFiles: [], requires: [] },
    ...changes,
  };
}

function stage(files: readonly string[]): string {
  const root = mkdtempSync(join(tmpdir(), "cut-"));
  for (const file of files) {
    const path = join(root, "opt/hello", file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, file, { mode: file.startsWith("bin/") ? 0o700 : 0o600 });
  }
  symlinkSync("/usr/bin/python3.11", join(root, "opt/hello/bin/python3.11"));
  return root;
}

const root = stage(["pyvenv.cfg", "bin/run", "lib/flask/__init__.py", "lib/hello/__init__.py"]);
const environment = {
  root,
  skeleton: ["pyvenv.cfg", "bin/python3.11"],
  distributions: [
    distribution("flask", { uploadTime: 1_600_000_000, files: ["lib/flask/__init__.py", "bin/run"] }),
    distribution("hello", { origin: "project" }),
  ],
};

test("each owner has a layer, with a time of its own", () => {
  const layers = cutEnvironment(plan, environment);
  expect(layers.map(({ id, mtime }) => [id, mtime])).toEqual([
    ["environment", 1_577_836_800],
    ["dist:flask", 1_600_000_000],
    ["project", plan.timestamp],
  ]);
});

test("every folder comes first, whatever needs it", () => {
  const layers = joinLayers(plan, cutEnvironment(plan, environment), [
    { kind: "data", path: "usr/share/doc/hello/copyright", data: Buffer.from("x"), mode: 0o644 },
    { kind: "directory", path: "var/lib/hello", mode: 0o750 },
  ]);
  const prepared = prepareEntries(layers);
  expect(prepared[0]?.entries.map(({ path, mode }) => `${path} ${mode.toString(8)}`)).toEqual([
    "opt 755",
    "opt/hello 755",
    "opt/hello/bin 755",
    "opt/hello/lib 755",
    "opt/hello/lib/flask 755",
    "opt/hello/lib/hello 755",
    "usr 755",
    "usr/share 755",
    "usr/share/doc 755",
    "usr/share/doc/hello 755",
    "var 755",
    "var/lib 755",
    "var/lib/hello 750",
  ]);
});

test("links stay links, and a tight umask leaves no trace", () => {
  const entries = prepareEntries(joinLayers(plan, cutEnvironment(plan, environment), [])).flatMap(
    (layer) => layer.entries,
  );
  const modes = Object.fromEntries(entries.map((entry) => [entry.path, entry.mode.toString(8)]));
  expect(entries.find(({ path }) => path === "opt/hello/bin/python3.11")).toMatchObject({
    kind: "symlink",
    target: "/usr/bin/python3.11",
  });
  expect([modes["opt/hello/bin/run"], modes["opt/hello/pyvenv.cfg"]]).toEqual(["755", "644"]);
});
