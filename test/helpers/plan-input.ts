import type { Config } from "../../src/config/types.ts";
import type { PlanInput } from "../../src/plan/assemble.ts";
import type { Target } from "../../src/plan/types.ts";
import type { Project } from "../../src/project/types.ts";

/** Settings of a project that has set nothing. */
export const EMPTY_CONFIG: Config = {
  revision: "1",
  section: "misc",
  priority: "optional",
  architecture: "auto",
  environment: true,
  interpreter: "system",
  installer: "auto",
  extras: [],
  groups: [],
  relations: {
    depends: [],
    preDepends: [],
    recommends: [],
    suggests: [],
    conflicts: [],
    breaks: [],
    replaces: [],
    provides: [],
  },
  buildDepends: [],
  shlibs: { ignore: [], recommends: [] },
  compression: "xz",
  links: {},
  files: {},
  generates: {},
  renames: {},
  services: {},
  jobs: {},
  rotations: {},
  directories: [],
  triggers: { interest: [], interestNoawait: [], activate: [], activateNoawait: [] },
  scripts: {},
  operatorCommand: true,
};

export const BOOKWORM: Target = {
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
    markers: { python_version: "3.11", sys_platform: "linux" },
    tags: ["cp311-cp311-manylinux_2_36_x86_64", "py3-none-any"],
  },
};

export const PROJECT: Project = {
  directory: "/src/hello",
  kind: "wheel",
  metadataFile: "pyproject.toml",
  name: "hello",
  version: "1.2.0",
  summary: "A greeting for everyone.",
  maintainer: "Jane Doe <jane@example.org>",
  dependencies: [],
  optionalDependencies: {},
  dependencyGroups: {},
  consoleScripts: [],
  dynamic: [],
};

/** A plan's input, with changes to one or more of its parts. */
export function planInput(changes: {
  config?: Partial<Config>;
  project?: Partial<Project>;
  input?: Partial<PlanInput>;
}): PlanInput {
  return {
    config: { ...EMPTY_CONFIG, ...changes.config },
    project: { ...PROJECT, ...changes.project },
    target: BOOKWORM,
    requirements: { kind: "loose", requirements: [], files: [] },
    files: [],
    scripts: {},
    templates: {},
    timestamp: 1_700_000_000,
    ...changes.input,
  };
}
