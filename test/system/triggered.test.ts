import { execFileSync, spawnSync } from "node:child_process";
import { rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { PackagePlan } from "../../src/plan/types.ts";
import { renderSystem } from "../../src/system/system.ts";
import { scratchFolder } from "../helpers/system-deb.ts";
import { helloPlan } from "../helpers/system-plans.ts";

const PYTHON = "/usr/bin/python3";
const minor = execFileSync(PYTHON, ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"], {
  encoding: "utf8",
}).trim();

describe("postinst after a trigger", () => {
  it("says nothing of an environment that works", () => {
    expect(triggered(makeEnvironment())).toEqual({ status: 0, output: "" });
  });

  it("says in plain words that the interpreter is gone", () => {
    const plan = makeEnvironment();
    const python = { ...plan.target.python, path: "/usr/bin/python3.0" };
    const { status, output } = triggered({ ...plan, target: { ...plan.target, python } });
    expect(status).toBe(0);
    expect(output).toBe(
      `hello: /usr/bin/python3.0 is not there any more, so hello cannot start again. Install python${minor}, or a hello that was built for this release.\n`,
    );
  });

  it.each([
    ["its link to the interpreter", (path: string) => rmSync(join(path, "bin", `python${minor}`))],
    ["its pyvenv.cfg", (path: string) => rmSync(join(path, "pyvenv.cfg"))],
    [
      "what the interpreter needs of it",
      (path: string) => {
        rmSync(join(path, "bin", `python${minor}`));
        symlinkSync("/bin/false", join(path, "bin", `python${minor}`));
      },
    ],
  ])("says in plain words that an environment lost %s", (_what, damage) => {
    const plan = makeEnvironment();
    damage(plan.environmentPath);
    const { status, output } = triggered(plan);
    expect(status).toBe(0);
    expect(output).toContain(
      `hello: Python does not work in ${plan.environmentPath} after an upgrade; its services were left as they are. Python says:`,
    );
  });
});

/** A real environment of this machine's Python. */
function makeEnvironment(): PackagePlan {
  const path = join(scratchFolder(), "environment");
  execFileSync(PYTHON, ["-m", "venv", "--without-pip", path]);
  const plan = helloPlan({ prefix: path });
  const python = { ...plan.target.python, minor, path: `/usr/bin/python${minor}` };
  return { ...plan, target: { ...plan.target, python } };
}

function triggered(plan: PackagePlan): { status: number | null; output: string } {
  const script = join(scratchFolder(), "postinst");
  const { controlFiles } = renderSystem(plan, { libraries: [] });
  writeFileSync(script, String(controlFiles.find(({ name }) => name === "postinst")?.content));
  const { status, stdout, stderr } = spawnSync("sh", [script, "triggered", plan.target.python.path], {
    encoding: "utf8",
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", DPKG_ROOT: "" },
  });
  return { status, output: `${stdout}${stderr}` };
}
