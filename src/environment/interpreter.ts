import type { Host } from "../effects/host.ts";
import { VenvdebError } from "../errors.ts";
import type { InterpreterFacts } from "../plan/types.ts";
import { compatibleTags } from "../python/tags.ts";
import { runChild, systemEnvironment } from "./child.ts";
import { helperScript } from "./helper-scripts.ts";

/** What data/python/probe.py prints. */
interface Probe {
  readonly full: string;
  readonly cacheTag: string;
  readonly extensionSuffix: string;
  readonly multiarch: string;
  readonly glibc: string;
  readonly bits: number;
  readonly markers: Readonly<Record<string, string>>;
}

/**
 * The facts of one interpreter, from one isolated child: no site-packages, no user settings, no environment.
 * @throws VenvdebError PYTHON_PROBE_FAILED
 */
export async function probeInterpreter(path: string, host: Host): Promise<InterpreterFacts> {
  const { stdout } = await runChild(path, ["-I", "-S", helperScript("probe")], systemEnvironment(host), {
    failure: { code: "PYTHON_PROBE_FAILED", doing: `ask ${path} for its facts` },
  });
  const { glibc, bits, ...facts } = parseProbe(stdout, path);
  const minor = facts.markers["python_version"] ?? "";
  const machine = facts.markers["platform_machine"] ?? "";
  const tags = compatibleTags({ minor, machine: bits === 32 ? narrow(machine) : machine, glibc });
  return { minor, path, tags, ...facts };
}

function parseProbe(text: string, path: string): Probe {
  try {
    const probe: Probe = JSON.parse(text);
    return probe;
  } catch (cause) {
    throw new VenvdebError("PYTHON_PROBE_FAILED", `Cannot ask ${path} for its facts: it printed no JSON`, {
      cause,
    });
  }
}

/** A 32-bit userland on a 64-bit kernel reports the kernel's machine. */
function narrow(machine: string): string {
  return { x86_64: "i686", aarch64: "armv7l" }[machine] ?? machine;
}
