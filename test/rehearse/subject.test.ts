import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readSubject } from "../../src/rehearse/subject.ts";
import { CONTROL_TEXT, rawDeb } from "../helpers/raw-deb.ts";
import { writeSystemDeb } from "../helpers/system-deb.ts";
import { helloPlan, service } from "../helpers/system-plans.ts";
import { tempFiles } from "../helpers/temp-files.ts";

it("knows the units, conffiles and the environment of a package", async () => {
  const plan = helloPlan({ services: { hello: service({ command: ["hello"] }) } });
  const folder = await tempFiles();
  const path = await writeSystemDeb(plan, folder);
  const subject = await readSubject(path);
  expect(subject).toMatchObject({ name: "hello", version: plan.package.version, path });
  expect(subject.units).toEqual(["hello.service"]);
  expect([...subject.conffiles.keys()]).toEqual(["/etc/default/hello"]);
  expect(subject.conffiles.get("/etc/default/hello")).toMatch(/^[0-9a-f]{64}$/);
  expect(subject.initScripts).toEqual([]);
  expect(subject.environment).toEqual({ path: "/opt/hello" });
});

it("knows scripts of init and conffiles that are to go, in packages that others made", async () => {
  const path = join(await tempFiles(), "other.deb");
  const conffiles = "/etc/init.d/hello\nremove-on-upgrade /etc/gone\n";
  const control = [
    { name: "./control", data: CONTROL_TEXT },
    { name: "./conffiles", data: conffiles },
  ];
  await writeFile(path, rawDeb(control, [{ name: "./etc/init.d/hello", data: "#!/bin/sh\n" }]));
  const subject = await readSubject(path);
  expect(subject.initScripts).toEqual(["hello"]);
  expect([...subject.conffiles.keys()]).toEqual(["/etc/init.d/hello"]);
});
