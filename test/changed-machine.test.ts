import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { cliOnChangedMachine, type MachineChanges } from "./helpers/changed-machine.ts";
import { dpkgDeb } from "./helpers/dpkg-deb.ts";
import { tempFiles } from "./helpers/temp-files.ts";

/** A sound project on a machine that has something amiss: what is said, and what to do. */
interface Case {
  readonly code: string;
  readonly where: string;
  readonly machine: MachineChanges;
  readonly settings?: string;
  readonly says: RegExp;
  readonly hint?: RegExp;
}

const CASES: readonly Case[] = [
  {
    code: "TARGET_UNSUPPORTED",
    where: "on another distribution",
    machine: { files: { "/usr/lib/os-release": 'ID="alpine"\n' } },
    says: /\/etc\/os-release says "alpine"/,
    hint: /Debian or Ubuntu/,
  },
  {
    code: "TARGET_UNSUPPORTED",
    where: "where dpkg does not answer",
    machine: { files: { "/usr/bin/dpkg": "#!/bin/sh\necho dpkg is broken >&2\nexit 2\n" } },
    says: /ask dpkg for the architecture.*\n.*dpkg is broken/,
  },
  {
    code: "PYTHON_PROBE_FAILED",
    where: "whose Python does not start",
    machine: { files: { "/usr/bin/python3.11": "#!/bin/sh\necho no libc >&2\nexit 127\n" } },
    says: /\/usr\/bin\/python3\.11/,
  },
  {
    code: "PYTHON_PROBE_FAILED",
    where: "whose Python is another program",
    machine: { files: { "/usr/bin/python3.11": "#!/bin/sh\necho hello\n" } },
    says: /\/usr\/bin\/python3\.11.*no JSON/,
  },
  {
    code: "INSTALL_VENV_FAILED",
    where: "whose standard library is damaged",
    machine: { files: { "/usr/lib/python3.11/venv/__main__.py": 'raise SystemExit("venv is damaged")\n' } },
    says: /virtual environment.*\n.*venv is damaged/,
    hint: /apt-get install python3\.11/,
  },
  {
    code: "TOOL_PIP_MISSING",
    where: "without pip",
    settings: 'installer = "pip"',
    machine: {
      empty: ["/usr/share/python-wheels", "/usr/lib/python3/dist-packages"],
      programs: { python3: "#!/bin/sh\nexit 1\n", pip3: "#!/bin/sh\nexit 1\n" },
    },
    says: /pip 22\.3 or newer/,
    hint: /apt-get install python3-pip/,
  },
  {
    code: "TOOL_PIP_MISSING",
    where: "with an old pip alone",
    settings: 'installer = "pip"',
    machine: {
      empty: ["/usr/share/python-wheels", "/usr/lib/python3/dist-packages"],
      programs: { python3: "#!/bin/sh\nexit 1\n", pip3: "#!/bin/sh\necho pip 20.3.4 from /usr/lib\n" },
    },
    says: /pip 22\.3 or newer/,
  },
  {
    code: "DEB_COMPRESS_FAILED",
    where: "whose xz ends early",
    machine: { programs: { xz: "#!/bin/sh\necho xz: cannot allocate memory >&2\nexit 1\n" } },
    says: /compress the package.*\n.*cannot allocate memory/,
  },
];

test.each(CASES)("$code $where", async ({ code, machine, settings = "", says, hint }) => {
  const folder = await tempFiles({ "pyproject.toml": project(settings) });
  await mkdir(join(folder, "out"));
  const { exitCode, stdout, stderr } = await cliOnChangedMachine(machine, [
    "build",
    folder,
    "-o",
    join(folder, "out"),
  ]);
  expect(stderr).toContain(`[${code}]`);
  expect([exitCode, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(says);
  if (hint) expect(stderr).toMatch(hint);
  expect(await readdir(join(folder, "out"))).toEqual([]);
});

test("a package without an environment is built where there is no Python", async () => {
  const folder = await tempFiles({
    "pyproject.toml": `${project("environment = false")}files = { "/etc/hello/colour" = "colour" }\n`,
    colour: "green\n",
  });
  const broken = "#!/bin/sh\nexit 127\n";
  const { exitCode, stderr } = await cliOnChangedMachine(
    { files: { "/usr/bin/python3.11": broken }, programs: { python3: broken } },
    ["build", folder, "-o", join(folder, "out")],
  );
  expect([exitCode, stderr]).toEqual([0, expect.any(String)]);
  expect(await readdir(join(folder, "out"))).toEqual(["hello_1.0.0-1_all.deb"]);
  const fields = await execa("dpkg-deb", ["-f", join(folder, "out/hello_1.0.0-1_all.deb"), "Depends"]);
  expect(fields.stdout).toBe("");
});

test.each([
  {
    code: "REHEARSE_IMPOSSIBLE",
    machine: { ordinaryUser: true },
    hint: /sudo/,
  },
  {
    code: "REHEARSE_NO_MACHINE",
    machine: { files: { "/usr/lib/os-release": "ID=debian\n" } },
    hint: /VERSION_CODENAME/,
  },
])("$code", async ({ code, machine, hint }) => {
  const { exitCode, stderr } = await cliOnChangedMachine(machine, [
    "rehearse",
    dpkgDeb({ tree: { "opt/hello": "x" } }),
  ]);
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining(`[${code}]`)]);
  expect(stderr).toMatch(hint);
});

/** Only requirements, of which there are none. */
function project(settings: string): string {
  return `[project]
name = "hello"
version = "1.0"
description = "Greets"
maintainers = [{ name = "A", email = "a@example.org" }]

[tool.uv]
package = false

[tool.venvdeb]
${settings}
`;
}
