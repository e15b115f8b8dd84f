import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { PROGRAM } from "./cli.ts";

/** How a run of the program went, with what it cost. */
export interface MeasuredRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Of the processors, of all its processes: what the clock says depends on who else is on the machine. */
  readonly cpuSeconds: number;
  /** Bytes of the largest of its processes. */
  readonly memory: number;
}

/** Runs the compiled program and measures it and all programs that it starts. */
export async function measuredCli(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<MeasuredRun> {
  const { stdout } = await promisify(execFile)(
    "/usr/bin/python3.11",
    ["-c", MEASURE, process.execPath, PROGRAM, ...args],
    { env: { ...process.env, CI: "", ...env }, maxBuffer: 2 ** 26 },
  );
  const run: MeasuredRun = JSON.parse(stdout);
  return run;
}

const MEASURE = `
import json, resource, subprocess, sys
done = subprocess.run(sys.argv[1:], capture_output=True, text=True, errors="replace")
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({
  "code": done.returncode, "stdout": done.stdout, "stderr": done.stderr,
  "cpuSeconds": usage.ru_utime + usage.ru_stime,
  "memory": usage.ru_maxrss * 1024,
}))
`;
