import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { build, venvdeb } from "../helpers/program.ts";
import { readEnvironment } from "../helpers/environment-facts.ts";
import { createMachine, type Machine } from "../helpers/machine.ts";
import { runFolder } from "../helpers/run-folder.ts";
import { copySample } from "../helpers/samples.ts";
import { tempFiles } from "../helpers/temp-files.ts";
import { tinyProjects } from "./tiny-projects.ts";

let machine: Machine;
beforeAll(async () => {
  machine = await createMachine({ name: "inputs", packages: ["debsums"] });
  await machine.sh("apt-get -q update");
});
afterAll(() => machine.destroy());

test.each(Object.entries(tinyProjects))(
  "a project of %s is built without a setting being needed, and its command runs where it is installed",
  async (_, files) => {
    const project = await tempFiles(files);
    const { path } = await build(project, [], { SOURCE_DATE_EPOCH: "1750000000" });
    await machine.aptInstall(path);
    expect(await machine.sh("PATH=$PATH:/opt/tiny/bin tiny")).toBe("tiny says hello");
    await machine.sh("apt-get -q -y purge tiny && ! test -e /opt/tiny");
  },
);

test.each(["uv", "pip"])("the installer %s makes an environment that is whole", async (installer) => {
  const project = await copySample("hello-web", join(runFolder(), installer));
  await addSettings(project, `[tool.venvdeb]\ninstaller = "${installer}"\n`);
  await machine.aptInstall((await build(project)).path);
  const facts = await readEnvironment(machine, "/opt/hello-web");
  expect(facts).toMatchObject({ problems: [], pipCheck: "No broken requirements found." });
  expect(await machine.sh("/opt/hello-web/bin/gunicorn --version")).toMatch(/^gunicorn /);
  await machine.sh("apt-get -q -y purge hello-web");
});

test("plan says what build makes, without making it", async () => {
  const project = await copySample("hello-web", join(runFolder(), "plan"));
  const { stdout } = await venvdeb(["plan", "--json"], project);
  expect(JSON.parse(stdout)).toMatchObject({
    package: { name: "hello-web", version: "1.0.0-1" },
    environmentPath: "/opt/hello-web",
    services: [{ unit: "hello-web", user: "hello-web" }],
  });
});

async function addSettings(project: string, text: string): Promise<void> {
  const file = join(project, "pyproject.toml");
  await writeFile(file, `${await readFile(file, "utf8")}\n${text}`);
}
