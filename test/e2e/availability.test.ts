import { afterAll, beforeAll, expect, test } from "vitest";
import { createMachine, type Machine } from "../helpers/machine.ts";
import { gapsOf, startRequests } from "../helpers/request-stream.ts";
import { builtVariant } from "../helpers/samples.ts";
import { waitFor } from "../helpers/wait-for.ts";

const url = "http://127.0.0.1:8023/hello/Debian";
let machine: Machine;
let older: string;
let newer: string;

beforeAll(async () => {
  const debs = await Promise.all(["1.0.0", "1.1.0"].map((version) => variant(version)));
  machine = await createMachine({ name: "availability", packages: ["debsums"] });
  await machine.boot();
  await machine.sh("apt-get -q update");
  [older = "", newer = ""] = await Promise.all(debs.map((deb) => machine.copyIn(deb)));
  await install(older);
  await waitFor(isUp, { what: "the first greeting", seconds: 30 });
});
afterAll(() => machine.destroy());

test("while versions go up and down the gap is the restart, and no request meets half a version", async () => {
  const requests = startRequests(url);
  for (const deb of [newer, older, newer, older]) await install(deb);
  await waitFor(isUp, { what: "the last greeting", seconds: 30 });
  const answers = await requests.stop();

  const answered = answers.filter(({ failure }) => failure === undefined);
  const wrong = answered.filter(({ status, body }) => status !== 200 || !isGreeting(body));
  expect(wrong).toEqual([]);
  expect(answers.length).toBeGreaterThan(200);
  const gaps = gapsOf(answers);
  expect(gaps.length).toBeLessThanOrEqual(8);
  expect(Math.max(0, ...gaps)).toBeLessThan(5000);
  // A connection that nobody takes, or that the program closes as it ends.
  const failures = new Set(answers.flatMap(({ failure }) => failure ?? []));
  for (const failure of failures) expect(failure).toMatch(/ECONNREFUSED|ECONNRESET|other side closed/);
  const log = await machine.sh("journalctl -q -o cat -u hello-web");
  expect(log).not.toMatch(/ImportError|ModuleNotFoundError|Traceback/);
});

async function install(deb: string): Promise<void> {
  await machine.run("apt-get", ["-q", "-y", "--allow-downgrades", "install", deb]);
}

async function isUp(): Promise<true | undefined> {
  const response = await fetch(url).catch(() => undefined);
  return response?.ok === true ? true : undefined;
}

function isGreeting(body = ""): boolean {
  return body.includes('"greeting":"Hello, Debian!"');
}

/** Each request reads a module from the disk anew, as one does that an application imports when it needs it. */
async function variant(version: string): Promise<string> {
  const anew =
    'import sys\n    sys.modules.pop("markupsafe._native", None)\n    import markupsafe._native  # noqa\n';
  return builtVariant("hello-web", {
    id: `availability-${version}`,
    edits: {
      "pyproject.toml": [
        ['version = "1.0.0"', `version = "${version}"`],
        ["--bind 127.0.0.1:8000", "--workers 2 --bind 127.0.0.1:8023"],
      ],
      "src/hello_web/app.py": [["    return jsonify", `    ${anew}    return jsonify`]],
    },
  });
}
