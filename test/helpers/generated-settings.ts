import type { GenerateConfig } from "../../src/config/types.ts";

/** Settings of two generated files: one with all that there is, one as plain as can be. */
export const generatedSettings: Readonly<Record<string, GenerateConfig>> = {
  main: {
    template: "etc/hello.toml.in",
    output: "/etc/hello/hello.toml",
    from: ["/etc/hello/conf.d", "/usr/share/hello/conf.d"],
    defaults: { WORKERS: "2" },
    questions: {
      PORT: {
        type: "string",
        description: "Port that hello listens on:",
        help: "Any free port will do.\n\nBelow 1024 it takes more rights than hello has.",
        default: "8000",
        choices: [],
        priority: "high",
      },
      DATABASE: {
        type: "select",
        description: "Database:",
        default: "sqlite",
        choices: ["sqlite", "a, b"],
        priority: "medium",
      },
    },
    reload: "hello",
    mode: 0o640,
    owner: { user: "root", group: "hello" },
  },
  proxy: {
    template: "etc/proxy.conf.in",
    output: "/etc/hello/proxy.conf",
    from: [],
    defaults: {},
    questions: {},
    reload: "nginx",
    mode: 0o644,
    owner: { user: "root", group: "root" },
  },
};

export const GENERATED_TEMPLATE = `# Made for hello.
port = \${PORT}
workers = \${WORKERS}
database = \${DATABASE:json}

@FRAGMENTS@
# The end: $\${PORT} stays.
`;
