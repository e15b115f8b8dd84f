import { describe, expect, test } from "vitest";
import type { ServiceConfig } from "../../src/config/types.ts";
import { VenvdebError } from "../../src/errors.ts";
import { assemblePlan } from "../../src/plan/assemble.ts";
import { EMPTY_CONFIG, planInput } from "../helpers/plan-input.ts";

const SERVICE: ServiceConfig = {
  command: ["gunicorn", "hello:app"],
  environment: {},
  restart: "on-failure",
  enable: true,
  start: true,
  init: ["systemd"],
  onUpgrade: "restart",
  onStartFailure: "warn",
  limits: {},
  instances: [],
  sockets: [],
};

describe("identity", () => {
  test("comes from the project", () => {
    expect(assemblePlan(planInput({})).package).toEqual({
      name: "hello",
      version: "1.2.0-1",
      architecture: "auto",
      section: "misc",
      priority: "optional",
      maintainer: "Jane Doe <jane@example.org>",
      synopsis: "greeting for everyone",
      description:
        "This package holds hello 1.2.0 with everything that it requires from the Python package index, in a virtual environment at /opt/hello.",
    });
  });

  test.each([
    ["2.0rc1", undefined, "2.0.0~rc1-1"],
    ["1!2.0", undefined, "1:2.0.0-1"],
    ["1.0", "3.1", "3.1.0-1"],
    ["1.0", "3.1~ourbuild4", "3.1~ourbuild4-1"],
  ])("version %s with setting %s is %s", (version, setting, expected) => {
    const config = setting === undefined ? {} : { version: setting };
    expect(assemblePlan(planInput({ project: { version }, config })).package.version).toBe(expected);
  });

  test("the project's name is written as Debian writes names", () => {
    const plan = assemblePlan(planInput({ project: { name: "My_Service.Web" } }));
    expect([plan.package.name, plan.environmentPath, plan.project.name]).toEqual([
      "my-service-web",
      "/opt/my-service-web",
      "my-service-web",
    ]);
  });

  test("a long summary is cut at a word for the synopsis and kept whole below it", () => {
    const summary = `Serves ${"many words ".repeat(12)}`.trim();
    const { synopsis, description } = assemblePlan(planInput({ project: { summary } })).package;
    expect(synopsis.length).toBeLessThanOrEqual(80);
    expect(description.startsWith(`${summary}\n\n`)).toBe(true);
  });

  test("all that is missing is said at once, with the lines to add", () => {
    const { maintainer: _, summary: __, ...project } = planInput({}).project;
    const thrown = errorOf(() => assemblePlan({ ...planInput({}), project }));
    expect(thrown.code).toBe("PLAN_INCOMPLETE");
    expect(thrown.exitCode).toBe(2);
    expect(thrown.message).toContain("maintainer, description");
    expect(thrown.hint).toContain(
      '[tool.venvdeb]\nmaintainer = "Jane Doe <jane@example.org>"\ndescription = ',
    );
  });
});

describe("services", () => {
  test("run as the package's own user, which is created", () => {
    const plan = assemblePlan(planInput({ config: { services: { hello: SERVICE } } }));
    expect(plan.services[0]).toMatchObject({
      unit: "hello",
      user: "hello",
      command: ["/opt/hello/bin/gunicorn", "hello:app"],
      environmentFile: "/etc/default/hello",
    });
    expect(plan.users).toEqual([{ name: "hello", group: "hello", groups: [], home: "/nonexistent" }]);
  });

  test("that run as another user create none", () => {
    const services = { hello: { ...SERVICE, user: "www-data" } };
    expect(assemblePlan(planInput({ config: { services } })).users).toEqual([]);
  });

  test.each([
    ["bin/serve", "/opt/hello/bin/serve"],
    ["/usr/sbin/nginx", "/usr/sbin/nginx"],
  ])("the program %s is %s", (program, expected) => {
    const services = { hello: { ...SERVICE, command: [program] } };
    expect(assemblePlan(planInput({ config: { services } })).services[0]?.command).toEqual([expected]);
  });
});

test.each([
  [{ init: ["systemd", "sysv"], sockets: ["/run/x.sock"] }, "only systemd listens on sockets"],
  [{ init: ["sysv"] }, "does not do for a script in /etc/init.d"],
  [{ command: ["hello", "{instance}"] }, "{instance} stands for nothing"],
  [{ start: false, onUpgrade: "stop" }, "starts it in the end"],
] as const)("a service with %j is refused", (changes, problem) => {
  const services = { "hello.web": { ...SERVICE, ...changes } };
  const error = errorOf(() => assemblePlan(planInput({ config: { services } })));
  expect(error).toMatchObject({ code: "PLAN_BAD_SERVICE", exitCode: 2 });
  expect(error.message).toContain(problem);
});

test("the commands of a reload and a health check are the environment's, as the service's", () => {
  const health = { kind: "command", command: ["check"], timeout: 5 } as const;
  const services = { hello: { ...SERVICE, reloadCommand: ["bin/ctl", "{pid}"], health } };
  expect(assemblePlan(planInput({ config: { services } })).services[0]).toMatchObject({
    reloadCommand: ["/opt/hello/bin/ctl", "{pid}"],
    health: { command: ["/opt/hello/bin/check"] },
    stopTimeout: 90,
  });
});

test("the interpreter's exact minor is depended on, before what the settings name", () => {
  const relations = { ...EMPTY_CONFIG.relations, depends: ["libmagic1"] };
  expect(assemblePlan(planInput({ config: { relations } })).relations.depends).toEqual([
    "python3.11",
    "libmagic1",
  ]);
});

test("links are relative to the environment unless absolute", () => {
  const config = { prefix: "/srv/hello", links: { "/usr/bin/a": "bin/a", "/usr/bin/b": "/usr/bin/true" } };
  expect(assemblePlan(planInput({ config })).links).toEqual([
    { path: "/usr/bin/a", target: "/srv/hello/bin/a" },
    { path: "/usr/bin/b", target: "/usr/bin/true" },
  ]);
});

test("a plan survives a turn through JSON", () => {
  const plan = assemblePlan(planInput({ config: { services: { hello: SERVICE } } }));
  expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
});

function errorOf(run: () => unknown): VenvdebError {
  try {
    run();
  } catch (error) {
    if (error instanceof VenvdebError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
