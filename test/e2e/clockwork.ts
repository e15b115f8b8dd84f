import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "../helpers/program.ts";
import { runFolder } from "../helpers/run-folder.ts";

/** Builds a version of a project with a service, jobs, rotated logs, folders, triggers and a migration. */
export async function buildClockwork(version: string): Promise<string> {
  const project = join(runFolder(), `clockwork-${version}`);
  await mkdir(project, { recursive: true });
  await writeFile(join(project, "pyproject.toml"), pyproject(version));
  await writeFile(join(project, "clockwork.py"), PROGRAM);
  return (await build(project, [], { SOURCE_DATE_EPOCH: "1750000000" })).path;
}

function pyproject(version: string): string {
  return `
[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[project]
name = "clockwork"
version = "${version}"
description = "Does things by the clock"
license = "MIT"
authors = [{ name = "Tiny Team", email = "tiny@example.org" }]
dependencies = ["colorama"]
scripts = { clockwork = "clockwork:main" }

[tool.setuptools]
py-modules = ["clockwork"]

[tool.venvdeb]
directories = [
  { path = "/var/lib/clockwork", mode = "0750" },
  { path = "/var/lib/clockwork/up", mode = "2770", owner = "clockwork:www-data" },
  { path = "/var/lib/clockwork-kept", purge = false },
  { path = "/var/log/clockwork" },
  { path = "/etc/clockwork/conf.d" },
  { path = "/run/clockwork" },
]

[tool.venvdeb.service.clockwork]
command = "clockwork serve"
environment = { GREETING = "from the unit" }

[tool.venvdeb.cron.lines]
schedule = "* * * * *"
command = ["clockwork", "note", "/var/lib/clockwork/cron.log", "50%", "it's", 'a "b" \\\\% c', "$HOME"]
environment = { GREETING = ' "a"' }

[tool.venvdeb.cron.timed]
schedule = "* * * * *"
command = "clockwork note /var/lib/clockwork/timer.log 50%"
timer = true

[tool.venvdeb.logrotate.clockwork]
paths = ["/var/log/clockwork/*.log"]
post-rotate = "/usr/bin/touch /var/lib/clockwork/rotated"

[tool.venvdeb.triggers]
interest-noawait = ["/usr/share/clockwork-themes", "clockwork-refresh"]
command = ["clockwork", "note", "/var/lib/clockwork/trigger.log", "it's $HOME"]

[tool.venvdeb.scripts]
migrate = """
test ! -e /var/lib/clockwork/block
echo "[$1] [$2]" >>/var/lib/clockwork/versions
"""
`;
}

const PROGRAM = `
import json, os, pwd, sys, time


def main():
    if sys.argv[1] == "serve":
        print("clockwork ticks", flush=True)
        for folder in ("/var/lib/clockwork", "/var/lib/clockwork/up", "/run/clockwork", "/var/log/clockwork"):
            open(folder + "/served", "w").close()
        while True:
            time.sleep(60)
    note = {
        "words": sys.argv[3:],
        "user": pwd.getpwuid(os.getuid()).pw_name,
        "greeting": os.environ.get("GREETING"),
        "path": os.environ["PATH"].split(":")[0],
    }
    with open(sys.argv[2], "a") as file:
        print(json.dumps(note), file=file)
`;
