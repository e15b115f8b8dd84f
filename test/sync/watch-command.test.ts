import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { PROGRAM } from "../helpers/cli.ts";
import { projectRepository, testFleet } from "../helpers/fleet.ts";
import { waitFor } from "../helpers/wait-for.ts";

const SECRET = "a secret that only the forge knows";

it(
  "a watcher publishes, waits, looks again when a forge calls, and ends on a signal",
  { timeout: 300_000 },
  async () => {
    const fleet = await testFleet();
    const billing = await projectRepository("billing", "v1.0.0");
    await fleet.write(
      `[repository]\nurl = "apt"\n[[source]]\ngit = "${billing.path}"\nname = "billing"\nbranches = { main = "testing" }\n`,
    );
    await writeFile(join(fleet.folder, "secret"), `${SECRET}\n`);
    const options = ["--watch", "--interval", "3600", "--listen", "0", "--webhook-secret-file", "secret"];
    const child = spawn(process.execPath, [PROGRAM, "sync", "fleet.toml", ...options], {
      cwd: fleet.folder,
      env: { ...process.env, ...fleet.env },
      stdio: ["ignore", "ignore", "pipe"],
    });
    const ended = once(child, "exit");
    onTestFinished(() => void child.kill("SIGKILL"));
    let said = "";
    child.stderr.on("data", (text: Buffer) => (said += text.toString()));
    const publications = async (count: number) =>
      waitFor(async () => said.split("1 built, 0 failed").length > count || undefined, {
        what: `publication ${count}`,
        seconds: 120,
      });

    await publications(1);
    expect(await fleet.listed("testing")).toEqual(["billing 1.0.0-1"]);
    const [, url = ""] = /Listening for webhooks at (http:\S+)/.exec(said) ?? [];

    billing.commit("More", { text: "two\n" });
    billing.run(["tag", "v1.1.0"]);
    const body = JSON.stringify({ ref: "refs/heads/main" });
    const call = async (secret: string) => {
      const signature = createHmac("sha256", secret).update(body).digest("hex");
      const headers = { "X-Hub-Signature-256": `sha256=${signature}` };
      return (await fetch(url, { method: "POST", body, headers })).status;
    };
    expect(await call("another secret of somebody")).toBe(401);
    expect(said.match(/Ask the source \.\.\./g)).toHaveLength(1);
    expect(await call(SECRET)).toBe(202);
    await publications(2);
    expect(await fleet.listed("testing")).toEqual(["billing 1.0.0-1", "billing 1.1.0-1"]);

    child.kill("SIGTERM");
    expect((await ended)[0]).toBe(143);
  },
);
