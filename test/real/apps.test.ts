import { afterAll, beforeAll, expect, test } from "vitest";
import { execa } from "execa";
import { cp, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createMachine, type Machine } from "../helpers/machine.ts";
import { build } from "../helpers/program.ts";
import { repository, runFolder } from "../helpers/run-folder.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { describeInstalled, renderTable, type AppResult } from "./table.ts";

interface App {
  readonly name: string;
  readonly version: string;
  /** Asked once the service is active. */
  readonly url: string;
  /** What the answer holds. */
  readonly answer: RegExp;
}

const apps: readonly App[] = [
  {
    name: "datasette",
    version: "0.65.5",
    url: "http://127.0.0.1:8101/-/versions.json",
    answer: /"datasette": ?\{"version": ?"0\.65\.5"/,
  },
  { name: "radicale", version: "3.9.0", url: "http://127.0.0.1:8102/.web/", answer: /Radicale/ },
  { name: "devpi-server", version: "6.20.3", url: "http://127.0.0.1:8103/+api", answer: /"result"/ },
  { name: "httpbin", version: "0.10.4", url: "http://127.0.0.1:8105/get?a=b", answer: /"a": ?"b"/ },
  { name: "supervisor", version: "4.3.0", url: "http://127.0.0.1:8106/", answer: /sleeper/ },
  { name: "pypiserver", version: "2.4.2", url: "http://127.0.0.1:8107/", answer: /Welcome to pypiserver/ },
  { name: "isso", version: "0.14.0", url: "http://127.0.0.1:8108/info", answer: /"version": ?"0\.14\.0"/ },
];

let machine: Machine;
const results = new Map<App, AppResult>();
const answered = new Set<App>();

beforeAll(async () => {
  machine = await createMachine({ name: "apps" });
  await machine.boot();
  await machine.sh("apt-get -q update");
});
afterAll(async () => {
  await machine.destroy();
  const rows = apps.map((app) => ({ ...app, result: results.get(app), answered: answered.has(app) }));
  await writeFile(join(repository, "docs/real-applications.md"), renderTable(rows));
});

test.each(apps)(
  "$name $version is built from its sdist, and its service answers on a booted machine",
  async (app) => {
    const project = await unpackSdist(app);
    await cp(join(import.meta.dirname, "apps", app.name), project, { recursive: true });
    const start = Date.now();
    const report = await build(project);
    const seconds = (Date.now() - start) / 1000;
    const { name } = report.package;
    await machine.aptInstall(report.path);
    results.set(app, { megabytes: report.size / 1e6, seconds, ...(await describeInstalled(machine, name)) });
    expect(await answerOf(app, name)).toMatch(app.answer);
    expect(await machine.sh(`systemctl is-active ${name}`)).toBe("active");
    await machine.sh(`apt-get -q -y purge ${name} && ! test -e /opt/${name}`);
    answered.add(app);
  },
);

async function answerOf(app: App, unit: string): Promise<string> {
  try {
    return await waitFor(() => ask(app), { what: `an answer of ${app.name}`, seconds: 60 });
  } catch (cause) {
    throw new Error(await machine.sh(`journalctl --no-pager -n 60 -u ${unit}`), { cause });
  }
}

async function unpackSdist({ name, version }: App): Promise<string> {
  const folder = join(runFolder(), "apps", name);
  await mkdir(folder, { recursive: true });
  const pip = ["-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", name, "--dest", folder];
  await execa("/usr/bin/python3", [...pip, `${name}==${version}`]);
  const [archive = ""] = await readdir(folder);
  await execa("tar", ["-x", "-f", archive], { cwd: folder });
  return join(folder, archive.replace(/\.tar\.gz$/, ""));
}

async function ask({ url }: App): Promise<string | undefined> {
  const response = await fetch(url).catch(() => undefined);
  return response?.ok === true ? response.text() : undefined;
}
