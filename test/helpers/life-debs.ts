import { join } from "node:path";
import { writeDeb } from "../../src/deb/write.ts";
import { contentsOf, CONTROL, dataEntry } from "./deb-contents.ts";

/** A package that ships what the trigger waits for. */
export async function writePython(folder: string): Promise<string> {
  const path = join(folder, "python3.11-minimal_3.11_all.deb");
  const control = { ...CONTROL, package: "python3.11-minimal", version: "3.11", architecture: "all" };
  const system = [dataEntry("usr/bin/python3.11", "#!/bin/sh\n", 0o755)];
  await writeDeb(contentsOf({ system }, { control, compression: "none" }), path, {
    jobs: 1,
    temporaryDirectory: folder,
  });
  return path;
}

/** A package that brings a fragment of the generated configuration. */
export async function writeFragment(folder: string): Promise<string> {
  const path = join(folder, "hello-theme_1.0_all.deb");
  const control = { ...CONTROL, package: "hello-theme", version: "1.0", architecture: "all" };
  const system = [dataEntry("etc/hello/conf.d/theme", "colour = green\n")];
  const triggers = { name: "triggers", content: "activate-noawait /etc/hello/conf.d\n", mode: 0o644 };
  await writeDeb(contentsOf({ system }, { control, controlFiles: [triggers], compression: "none" }), path, {
    jobs: 1,
    temporaryDirectory: folder,
  });
  return path;
}
