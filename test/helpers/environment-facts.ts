import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Machine } from "./machine.ts";

/** What Python itself says of an installed environment. */
export interface EnvironmentFacts {
  /** Names as their METADATA spells them. */
  readonly distributions: readonly string[];
  /** RECORD rows with a digest, each compared with its file. */
  readonly checkedFiles: number;
  /** Rows that are not true, files that are missing. */
  readonly problems: readonly string[];
  /** What `pip check` prints. */
  readonly pipCheck: string;
}

const readRecords = `
import base64, hashlib, importlib.metadata, json
problems, names, checked = [], [], 0
for distribution in importlib.metadata.distributions():
    name = distribution.metadata["Name"]
    names.append(name)
    if distribution.files is None:
        problems.append(f"{name} has no RECORD")
    for file in distribution.files or ():
        path = file.locate()
        if not path.exists():
            problems.append(f"{name}: {file} is missing")
        elif file.hash is not None:
            data = path.read_bytes()
            digest = base64.urlsafe_b64encode(hashlib.new(file.hash.mode, data).digest()).decode().rstrip("=")
            checked += 1
            if digest != file.hash.value or len(data) != file.size:
                problems.append(f"{name}: {file} differs from its row")
print(json.dumps({"distributions": sorted(names), "checkedFiles": checked, "problems": problems}))
`;

/** Asks the environment's own interpreter; pip comes from Debian's wheel of it, since the environment has none. */
export async function readEnvironment(machine: Machine, prefix: string): Promise<EnvironmentFacts> {
  const python = `${prefix}/bin/python`;
  const { stdout } = await machine.run(python, ["-B", "-I", "-"], { input: readRecords });
  const check = await machine.run(python, ["-B", "-I", `${await copyPip(machine)}/pip`, "check"], {
    check: false,
  });
  const facts: Omit<EnvironmentFacts, "pipCheck"> = JSON.parse(stdout);
  return { ...facts, pipCheck: check.stdout };
}

async function copyPip(machine: Machine): Promise<string> {
  const folder = "/usr/share/python-wheels";
  const wheel = (await readdir(folder)).find((name) => name.startsWith("pip-"));
  if (wheel === undefined) throw new Error(`${folder} has no pip: apt-get install python3-pip-whl`);
  return machine.copyIn(join(folder, wheel));
}
