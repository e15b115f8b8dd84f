import { resolve } from "node:path";
import type { Rehearsal } from "../rehearse/types.ts";
import { defineCommand } from "./types.ts";

/** `venvdeb rehearse`: the whole life of finished packages on a throw-away machine; exit code 1 when a step fails. */
export const rehearse = defineCommand({
  name: "rehearse",
  summary: "Install, upgrade, remove and purge packages on a throw-away machine",
  operands: {
    name: "deb",
    describe: "Package file; several are installed together",
    count: "at least one",
  },
  options: {
    from: { type: "text", describe: "Older package file, to upgrade from and to downgrade to" },
    release: {
      type: "text",
      describe: "Codename of the machine's release",
      fallback: "this machine's",
      form: { pattern: /^[a-z]+$/, wanted: "the lower-case letters of a codename" },
    },
    machine: {
      type: "text",
      describe: "Kind of machine",
      choices: ["booted", "chroot"],
      fallback: "booted where that is possible",
    },
    keep: { type: "flag", describe: "Leave the machine's files for a look at them" },
    json: { type: "flag", describe: "Print the steps as JSON" },
  },
  examples: [
    { command: "rehearse dist/hello-web_1.0.0-1_all.deb", says: "The life of one package" },
    { command: "rehearse new.deb --from old.deb --json", says: "With an upgrade and back, for a program" },
  ],
  handler: async ({ options, operands, context }) => {
    const [{ rehearse: live }, { renderRehearsal }] = await Promise.all([
      import("../rehearse/rehearse.ts"),
      import("./render-rehearsal.ts"),
    ]);
    const { host, reporter } = context;
    const { from, release, machine, keep } = options;
    const rehearsal: Rehearsal = await live({
      debs: operands.map((deb) => resolve(host.cwd, deb)),
      ...(from === undefined ? {} : { from: resolve(host.cwd, from) }),
      ...(release === undefined ? {} : { release }),
      ...(machine === undefined ? {} : { kind: machine }),
      keep,
      host,
      reporter,
    });
    context.write(options.json ? `${JSON.stringify(rehearsal, undefined, 2)}\n` : renderRehearsal(rehearsal));
    return rehearsal.passed ? 0 : 1;
  },
});
