import { join } from "node:path";
import { expect, test } from "vitest";
import { buildTestEnvironment, lockWheels } from "../helpers/environment-build.ts";
import { recordingReporter } from "../helpers/recording-reporter.ts";
import { tempFiles } from "../helpers/temp-files.ts";
import { thrown } from "../helpers/thrown.ts";
import { writeWheel, type WheelSpec } from "../helpers/wheel-writer.ts";

/** A wheel of each kind of lie, and what the error must name. */
const LIES: readonly (readonly [title: string, spec: Omit<WheelSpec, "name">, file: string])[] = [
  ["other bytes than its RECORD says", { files: { "liar.py": "x = 1\n" }, lies: ["liar.py"] }, "liar.py"],
  [
    "a file that its RECORD does not list",
    { files: { "liar.py": "x = 1\n", "sneak.py": "" }, unlisted: ["sneak.py"] },
    "sneak.py",
  ],
  [
    "a row for a file outside of the environment",
    { files: { "liar.py": "" }, recordLines: ["../../../../../../etc/x,sha256=abc,1"] },
    "etc/x",
  ],
  [
    "a row for a file that it lacks",
    { files: { "liar.py": "" }, recordLines: ["gone.py,sha256=abc,1"] },
    "gone.py",
  ],
  [
    "a script that is not the one of its RECORD",
    {
      files: { "liar.py": "", "liar-1.0.data/scripts/liar": "#!python\nprint(1)\n" },
      lies: ["liar-1.0.data/scripts/liar"],
    },
    "liar",
  ],
  [
    "a script in the place of the interpreter",
    { files: { "liar-1.0.data/scripts/python3": "#!/bin/sh\n" } },
    "python3",
  ],
];

for (const installer of ["uv", "pip"] as const)
  test.each(LIES)(`a wheel with %s is refused (${installer})`, async (_title, spec, file) => {
    const folder = await tempFiles();
    const { path } = await writeWheel(join(folder, "wheels"), { name: "liar", ...spec });
    const requirements = await lockWheels(path);
    const error = await thrown(() =>
      buildTestEnvironment({ folder, installer, requirements, reporter: recordingReporter() }),
    );
    expect(error.code).toBe("INSTALL_RECORD_MISMATCH");
    expect(error.message).toContain("liar");
    expect(error.message).toContain(file);
    expect(error.hint).toBeDefined();
  });

test.each(["uv", "pip"] as const)(
  "a wheel that reaches out of the environment writes nothing there (%s)",
  async (installer) => {
    const folder = await tempFiles();
    const { path } = await writeWheel(join(folder, "wheels"), {
      name: "escape",
      files: { "escape.py": "", "../../../../../../escaped": "x" },
    });
    const requirements = await lockWheels(path);
    const error = await thrown(() =>
      buildTestEnvironment({ folder, installer, requirements, reporter: recordingReporter() }),
    );
    expect(error.code).toBe("INSTALL_RECORD_MISMATCH");
    expect(error.message).toContain("escaped");
  },
);

test("a wheel of another digest than the lock's is refused", async () => {
  const folder = await tempFiles();
  const { path } = await writeWheel(join(folder, "wheels"), { name: "plain", files: { "plain.py": "" } });
  const requirements = await lockWheels(path);
  await writeWheel(join(folder, "wheels"), { name: "plain", files: { "plain.py": "x = 2\n" } });
  const error = await thrown(() =>
    buildTestEnvironment({ folder, requirements, reporter: recordingReporter() }),
  );
  expect(error.code).toBe("INSTALL_FAILED");
  expect(error.message).toMatch(/hash/i);
});

test("a wheel whose METADATA is of another version than the lock's is refused", async () => {
  const folder = await tempFiles();
  const { path } = await writeWheel(join(folder, "wheels"), { name: "plain", files: { "plain.py": "" } });
  const requirements = await lockWheels(path);
  if (requirements.kind !== "locked") return;
  const distributions = requirements.distributions.map((one) => ({ ...one, version: "2.0" }));
  const error = await thrown(() =>
    buildTestEnvironment({
      folder,
      requirements: { ...requirements, distributions },
      reporter: recordingReporter(),
    }),
  );
  expect(error.code).toBe("INSTALL_SET_MISMATCH");
});

test("an editable install is refused", async () => {
  const folder = await tempFiles();
  const { path } = await writeWheel(join(folder, "wheels"), {
    name: "edit",
    files: { "__editable__.edit-1.0.pth": "/home/me/edit/src\n" },
  });
  const requirements = await lockWheels(path);
  const error = await thrown(() =>
    buildTestEnvironment({ folder, requirements, reporter: recordingReporter() }),
  );
  expect(error.code).toBe("RELOCATE_EDITABLE");
});

test("a .pth file that leads outside is refused", async () => {
  const folder = await tempFiles();
  const { path } = await writeWheel(join(folder, "wheels"), {
    name: "path",
    files: { "path.pth": "/srv/code\n" },
  });
  const requirements = await lockWheels(path);
  const error = await thrown(() =>
    buildTestEnvironment({ folder, requirements, reporter: recordingReporter() }),
  );
  expect(error.code).toBe("RELOCATE_PTH");
});
