import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { PackagePlan } from "../../src/plan/types.ts";
import type { ShippedFile } from "../../src/plan/system-types.ts";
import { renderSystem } from "../../src/system/system.ts";
import type { SystemFacts } from "../../src/system/types.ts";
import { scratchFolder } from "../helpers/system-deb.ts";
import { helloPlan, service } from "../helpers/system-plans.ts";
import { thrown } from "../helpers/thrown.ts";

describe("a file of the settings", () => {
  it("is shipped with its mode, owner and conffile mark", () => {
    const { plan, source } = planWith("etc/hello.toml", {
      mode: 0o640,
      owner: { user: "root", group: "hello" },
    });
    expect(renderSystem(plan, { libraries: [] }).entries[0]).toEqual({
      kind: "file",
      path: "etc/hello/hello.toml",
      source,
      size: 5,
      mode: 0o640,
      conffile: true,
      owner: { user: "root", group: "hello" },
    });
  });

  it("that belongs to another than root gets its owner once that is known", () => {
    const { plan } = planWith("a", { mode: 0o640, owner: { user: "root", group: "hello" } });
    expect(postinst(plan)).toContain("chown --no-dereference 'root:hello' '/etc/hello/hello.toml'");
    expect(postinst(plan)).toContain("chmod '0640' '/etc/hello/hello.toml'");
    expect(postinst(planWith("a").plan)).not.toContain("chown");
  });

  it("may be a link within the project", () => {
    const { plan, folder, source } = planWith("a");
    symlinkSync("a", join(folder, "link"));
    const entry = renderSystem(withSource(plan, join(folder, "link")), { libraries: [] }).entries[0];
    expect(entry).toMatchObject({ kind: "file", source });
  });

  it.each([
    ["SYSTEM_FILE_MISSING", (folder: string) => join(folder, "missing")],
    ["SYSTEM_FILE_KIND", (folder: string) => join(folder, "folder")],
    ["SYSTEM_FILE_OUTSIDE", (folder: string) => join(folder, "out")],
  ])("ends with %s where it cannot be shipped", async (code, path) => {
    const { plan, folder } = planWith("a");
    mkdirSync(join(folder, "folder"));
    symlinkSync("/etc/passwd", join(folder, "out"));
    const error = await thrown(() => renderSystem(withSource(plan, path(folder)), { libraries: [] }));
    expect(error.code).toBe(code);
    expect(error.hint).toContain("/etc/hello/hello.toml");
  });

  it("takes the place of the environment file that services get by default", () => {
    const { plan } = planWith("a", { path: "/etc/default/hello" });
    const { services } = helloPlan({ services: { hello: service() } });
    const { entries } = renderSystem({ ...plan, services }, { libraries: [] });
    expect(entries.filter(({ path }) => path === "etc/default/hello")).toMatchObject([{ kind: "file" }]);
  });
});

describe("a link of the settings", () => {
  it.each([
    ["/usr/bin/hello", "/opt/hello/bin/hello", "/opt/hello/bin/hello"],
    ["/usr/bin/hello", "/usr/share/hello/run", "../share/hello/run"],
    ["/etc/hello/a", "/etc/hello/b", "b"],
  ])("%s to %s is written as %s (Policy 10.5)", (path, target, written) => {
    const plan = { ...helloPlan(), links: [{ path, target }] };
    expect(renderSystem(plan, { libraries: [] }).entries[0]).toMatchObject({
      kind: "symlink",
      target: written,
    });
  });
});

describe("the overrides for lintian", () => {
  it("name only what is shipped", () => {
    expect(overrides({})).toContain("hello: unstripped-binary-or-object *opt/hello/*");
    expect(overrides({ objects: [] })).not.toContain("unstripped-binary-or-object");
    expect(overrides({})).toContain("font-in-non-font-package");
    expect(overrides({ files: ["lib/a.py"] })).not.toContain("font-in-non-font-package");
    expect(overrides({ files: ["lib/a.ttf"] })).toContain("font-in-non-font-package");
  });
});

/** A plan that ships one file of five bytes from a folder of the test. */
function planWith(name: string, changes: Partial<ShippedFile> = {}) {
  const folder = scratchFolder();
  const source = join(folder, name);
  mkdirSync(join(source, ".."), { recursive: true });
  writeFileSync(source, "hello");
  const file: ShippedFile = {
    path: "/etc/hello/hello.toml",
    source,
    mode: 0o644,
    owner: { user: "root", group: "root" },
    conffile: true,
    ...changes,
  };
  const plan = helloPlan({}, { files: [file] });
  return { plan: { ...plan, project: { ...plan.project, directory: folder } }, folder, source };
}

function withSource(plan: PackagePlan, source: string): PackagePlan {
  const [file] = plan.files;
  if (file === undefined) throw new Error("no file");
  return { ...plan, files: [{ ...file, source }] };
}

function overrides(facts: Partial<SystemFacts>): string {
  const { entries } = renderSystem(helloPlan(), { libraries: [], ...facts });
  const entry = entries.find(({ path }) => path === "usr/share/lintian/overrides/hello");
  return entry?.kind === "data" ? Buffer.from(entry.data).toString() : "";
}

function postinst(plan: PackagePlan): string {
  const { controlFiles } = renderSystem(plan, { libraries: [] });
  return String(controlFiles.find(({ name }) => name === "postinst")?.content);
}
