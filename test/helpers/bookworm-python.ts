import type { InterpreterFacts } from "../../src/plan/types.ts";
import { compatibleTags } from "../../src/python/wheel.ts";

/** The markers and tags of Debian 12's interpreter on amd64. */
export const BOOKWORM_PYTHON: Pick<InterpreterFacts, "markers" | "tags"> = {
  markers: {
    implementation_name: "cpython",
    implementation_version: "3.11.2",
    os_name: "posix",
    platform_machine: "x86_64",
    platform_python_implementation: "CPython",
    platform_release: "6.1.0-13-amd64",
    platform_system: "Linux",
    platform_version: "#1 SMP Debian 6.1.55-1",
    python_full_version: "3.11.2",
    python_version: "3.11",
    sys_platform: "linux",
  },
  tags: compatibleTags({ minor: "3.11", machine: "amd64", glibc: "2.36" }),
};
