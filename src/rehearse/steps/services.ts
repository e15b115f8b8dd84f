import { setTimeout } from "node:timers/promises";
import { waitFor } from "../machine/wait.ts";
import type { Subject } from "../subject.ts";
import { fail, pass, skipped, type Stage, type Step, type StepResult } from "../types.ts";

/** What the package starts is running, and stays so; `after` says what was done before, in a word or two. */
export function servicesStep(packages: readonly Subject[], after: string): Step {
  const title = `services run after ${after}`;
  return { id: "services", title, kind: "check", run: (stage) => check(stage, packages) };
}

interface UnitState {
  readonly id: string;
  readonly type: string;
  readonly active: string;
  readonly sub: string;
  readonly result: string;
  readonly enabled: string;
  readonly restarts: number;
  /** It was never started since the machine is up. */
  readonly untouched: boolean;
}

async function check(stage: Stage, packages: readonly Subject[]): Promise<StepResult> {
  const units = packages.flatMap((subject) => subject.units);
  const scripts = packages.flatMap((subject) => subject.initScripts);
  if (units.length === 0 && scripts.length === 0) return skipped("the package has no service");
  if (stage.kind === "chroot") return checkScripts(stage, scripts, units);
  return checkUnits(stage, [...units, ...scripts.map((name) => `${name}.service`)]);
}

async function checkUnits(stage: Stage, units: readonly string[]): Promise<StepResult> {
  const names = [...new Set(units)].map((unit) => unit.replace("@.", "@*."));
  await waitFor(
    async () =>
      (await readStates(stage, names)).some(({ active }) => active.endsWith("ing")) ? undefined : true,
    { seconds: 30 },
  );
  // A program that fails at once has started well in systemd's eyes.
  const first = await readStates(stage, names);
  await setTimeout(3000);
  const states = await readStates(stage, names);
  // The count goes back to versions before: only what is added now is this one's.
  const before = new Map(first.map(({ id, restarts }) => [id, restarts]));
  const problem = (state: UnitState) => problemOf(state, units, before.get(state.id) ?? 0);
  const bad = states.filter((state) => problem(state) !== undefined);
  if (bad.length > 0) {
    const told = await Promise.all(bad.map((state) => explain(stage, state, problem(state) ?? "")));
    return fail(told.join("\n"));
  }
  return pass(
    states.map(({ id, active, untouched }) => `${id} ${untouched ? "not started" : active}`).join(", "),
  );
}

async function readStates({ machine }: Stage, names: readonly string[]): Promise<UnitState[]> {
  const { stdout } = await machine.run("systemctl", ["show", "-p", PROPERTIES, "--", ...names], {
    check: false,
  });
  return stdout
    .split("\n\n")
    .map((block) => new Map(block.split("\n").map((line) => splitOnce(line))))
    .filter((fields) => fields.has("Id"))
    .map((fields) => ({
      id: fields.get("Id") ?? "",
      type: fields.get("Type") ?? "",
      active: fields.get("ActiveState") ?? "",
      sub: fields.get("SubState") ?? "",
      result: fields.get("Result") ?? "",
      enabled: fields.get("UnitFileState") ?? "",
      restarts: Number(fields.get("NRestarts") ?? 0),
      untouched: fields.get("InactiveExitTimestampMonotonic") === "0",
    }));
}

const PROPERTIES =
  "Id,Type,ActiveState,SubState,Result,UnitFileState,NRestarts,InactiveExitTimestampMonotonic";

function splitOnce(line: string): readonly [string, string] {
  const at = line.indexOf("=");
  return [line.slice(0, at), line.slice(at + 1)];
}

/** A unit that nobody was to start may be at rest; one that another wakes, or that runs once, too. */
function problemOf(state: UnitState, units: readonly string[], restarts: number): string | undefined {
  if (state.active === "failed") return `failed (${state.result})`;
  if (state.restarts > restarts) return "ends and is started again and again";
  if (state.active === "active") return undefined;
  const woken = ["timer", "socket"].some((kind) => units.includes(state.id.replace(/service$/, kind)));
  if (state.untouched || woken || state.type === "oneshot") return undefined;
  return `is ${state.active} (${state.sub})`;
}

async function explain({ machine }: Stage, state: UnitState, problem: string): Promise<string> {
  const log = await machine.run("journalctl", ["-q", "-n", "8", "-o", "cat", "-u", state.id], {
    check: false,
  });
  return `${state.id} ${problem}; its log ends with:\n${log.stdout}`;
}

/** LSB: `status` ends with 0 when the service runs. No systemd manages a chroot, so units are not started. */
async function checkScripts(
  { machine }: Stage,
  scripts: readonly string[],
  units: readonly string[],
): Promise<StepResult> {
  if (scripts.length === 0) return skipped("systemd starts no service in a chroot");
  for (const name of scripts) {
    const { exitCode, stdout, stderr } = await machine.run(`/etc/init.d/${name}`, ["status"], {
      check: false,
    });
    if (exitCode !== 0) return fail(`/etc/init.d/${name} status ends with ${exitCode}: ${stdout}${stderr}`);
  }
  const running = scripts.map((name) => `/etc/init.d/${name} runs`).join(", ");
  const others = units.filter((unit) => !scripts.includes(unit.replace(/\.service$/, "")));
  if (others.length === 0) return pass(running);
  return pass(`${running}; systemd does not start ${others.join(", ")} in a chroot`);
}
