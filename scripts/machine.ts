import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { createMachine, type Machine } from "../test/helpers/machine.ts";

const usage = `usage: npm run machine -- [RELEASE] [FILE...]

Boots a throw-away Debian machine and gives a shell on it; it is gone when the shell ends.
RELEASE is a codename (bookworm, trixie), by default this machine's own. FILEs are copied to /var/tmp.

    npm run machine -- bookworm dist/*.deb
`;

await main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<void> {
  if (words.includes("--help")) {
    process.stderr.write(usage);
    return;
  }
  const release = words.find((word) => !isFile(word));
  const machine = await createMachine({ name: "shell", ...(release === undefined ? {} : { release }) });
  // The shell gets Ctrl-C from the terminal too; the machine must outlive it to be cleaned up.
  process.on("SIGINT", () => undefined);
  try {
    // npm starts scripts in the repository; INIT_CWD is where the user stands.
    const here = process.env["INIT_CWD"] ?? ".";
    for (const file of words.filter(isFile)) await machine.copyIn(resolve(here, file));
    await machine.boot();
    await openShell(machine);
  } finally {
    await machine.destroy();
  }
}

function isFile(word: string): boolean {
  return word.includes("/") || word.includes(".");
}

async function openShell(machine: Machine): Promise<void> {
  process.stderr.write(`${machine.name} is up; its tree is at ${machine.root}; "exit" ends it\n`);
  const [file = "", ...args] = machine.command("bash", ["-l"]);
  const shell = spawn(file, args, { stdio: "inherit" });
  await once(shell, "exit");
}
