import type { Target } from "../../src/plan/types.ts";

/** Debian 12 on amd64 with its own interpreter. */
export const bookworm: Target = {
  distribution: "debian",
  codename: "bookworm",
  architecture: "amd64",
  python: {
    minor: "3.11",
    full: "3.11.2",
    path: "/usr/bin/python3.11",
    cacheTag: "cpython-311",
    extensionSuffix: ".cpython-311-x86_64-linux-gnu.so",
    multiarch: "x86_64-linux-gnu",
    markers: {},
    tags: [],
  },
};
