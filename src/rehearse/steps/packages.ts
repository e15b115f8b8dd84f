import { basename } from "node:path";
import type { Subject } from "../subject.ts";
import { fail, pass, type Stage, type Step, type StepResult } from "../types.ts";
import { runningBelow, stillThere } from "./traces.ts";

/** `apt-get install` of finished packages, as a user does it: also an upgrade, a downgrade, a reinstallation. */
export function installStep(id: string, title: string, packages: readonly Subject[]): Step {
  return {
    id,
    title: `${title} ${packages.map(({ name, version }) => `${name} ${version}`).join(", ")}`,
    kind: "operation",
    run: (stage) => install(stage, id, packages),
  };
}

/** `apt-get remove`: the code is gone, the configuration stays. */
export const removeStep: Step = { id: "remove", title: "remove", kind: "operation", run: remove };

/** `apt-get purge`: the configuration is gone too. */
export const purgeStep: Step = { id: "purge", title: "purge", kind: "operation", run: purge };

/** `apt-get autoremove`: what was installed for the package alone is gone. */
export const autoremoveStep: Step = {
  id: "autoremove",
  title: "autoremove what only it needed",
  kind: "operation",
  run: autoremove,
};

/** Names of the installed packages. */
export async function installedPackages({ machine }: Pick<Stage, "machine">): Promise<string[]> {
  const lines = await machine.sh("dpkg-query -W -f '${db:Status-Abbrev} ${binary:Package}\\n'");
  return lines.split("\n").flatMap((line) => (line.startsWith("ii ") ? [line.slice(3).trim()] : []));
}

async function install(stage: Stage, id: string, packages: readonly Subject[]): Promise<StepResult> {
  const again = id === "reinstall" ? ["--reinstall"] : [];
  const debs = packages.map(({ path }) => pathInside(path));
  const apt = await aptGet(stage, ["install", "--allow-downgrades", ...again, ...debs]);
  if (apt.exitCode !== 0) return fail(lastLines(apt.output));
  for (const { name, version } of packages) {
    const state = await statusOf(stage, name);
    if (state !== `ii  ${version}`) return fail(`dpkg has ${name} as "${state}" (wanted: "ii  ${version}")`);
  }
  const others = (apt.output.match(/^Setting up /gm)?.length ?? packages.length) - packages.length;
  return pass(others > 0 ? `with ${others} packages that it needs` : "");
}

async function remove(stage: Stage): Promise<StepResult> {
  const apt = await aptGet(stage, ["remove", ...namesOf(stage)]);
  if (apt.exitCode !== 0) return fail(lastLines(apt.output));
  const conffiles = new Set(stage.subjects.flatMap((subject) => [...subject.conffiles.keys()]));
  const code = stage.subjects.flatMap(({ files }) => files.filter((path) => !conffiles.has(path)));
  const left = await stillThere(stage, code);
  if (left.length > 0) return fail(`still there: ${some(left)}`);
  const kept = await stillThere(stage, [...conffiles]);
  if (kept.length < conffiles.size)
    return fail(`conffiles are gone: ${some([...conffiles].filter((path) => !kept.includes(path)))}`);
  return (await noneRuns(stage)) ?? pass(conffiles.size === 0 ? "" : "its conffiles stay");
}

async function purge(stage: Stage): Promise<StepResult> {
  const apt = await aptGet(stage, ["purge", ...namesOf(stage)]);
  if (apt.exitCode !== 0) return fail(lastLines(apt.output));
  for (const name of namesOf(stage)) {
    const state = await statusOf(stage, name);
    if (state !== "") return fail(`dpkg still has ${name} as "${state}"`);
  }
  const left = await stillThere(
    stage,
    stage.subjects.flatMap(({ files }) => files),
  );
  if (left.length > 0) return fail(`still there: ${some(left)}`);
  return (await noneRuns(stage)) ?? pass();
}

async function autoremove(stage: Stage): Promise<StepResult> {
  const before = await installedPackages(stage);
  const apt = await aptGet(stage, ["autoremove", "--purge", ...NOT_IMPORTANT]);
  if (apt.exitCode !== 0) return fail(lastLines(apt.output));
  const after = await installedPackages(stage);
  const more = after.filter((name) => !stage.pristine.packages.includes(name));
  if (more.length > 0) return fail(`still installed: ${some(more)}`);
  return pass(`${before.length - after.length} packages`);
}

/** apt keeps what anything installed suggests: cron stays for adduser's sake. */
const NOT_IMPORTANT = ["Recommends", "Suggests"].flatMap((relation) => [
  "-o",
  `APT::AutoRemove::${relation}Important=false`,
]);

async function noneRuns(stage: Stage): Promise<StepResult | undefined> {
  const processes = await runningBelow(stage);
  return processes.length > 0 ? fail(`still running: ${some(processes)}`) : undefined;
}

/**
 * Nobody answers: a question of dpkg or debconf is a failure, as on a server at night. Nothing is installed that is only
 * recommended: the package has to work without (Policy 7.2), and what a mail server leaves behind is not its doing.
 */
async function aptGet({ machine }: Stage, args: readonly string[]) {
  const quiet = ["-q", "-y", "--no-install-recommends", "-o", "Dpkg::Use-Pty=0"];
  const { exitCode, stdout, stderr } = await machine.run("apt-get", [...quiet, ...args], { check: false });
  return { exitCode, output: `${stdout}\n${stderr}` };
}

async function statusOf({ machine }: Stage, name: string): Promise<string> {
  const format = "${db:Status-Abbrev} ${Version}";
  const { stdout } = await machine.run("dpkg-query", ["-W", "-f", format, name], { check: false });
  return stdout.trim();
}

function namesOf({ subjects }: Stage): string[] {
  return subjects.map(({ name }) => name);
}

/** Where a package lies on the machine: its version is in the name only where the user has it there. */
export function pathInside(path: string): string {
  return `/var/tmp/rehearse/${basename(path)}`;
}

/** What apt says at the end tells why, but for its last line on the exit code of dpkg. */
function lastLines(output: string): string {
  const lines = output.split("\n").filter((line) => line.trim() !== "");
  return lines.slice(-12).join("\n");
}

function some(items: readonly string[]): string {
  const shown = items.slice(0, 5).join(", ");
  return items.length > 5 ? `${shown} and ${items.length - 5} more` : shown;
}
