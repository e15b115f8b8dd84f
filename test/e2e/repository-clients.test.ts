import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aptWorld, type AptWorld } from "../helpers/apt-world.ts";
import { cliRepository, type CliRepository } from "../helpers/cli-repository.ts";
import { startNginx, type WebServer } from "../helpers/web-servers.ts";
import { testKeys } from "./repository-keys.ts";

const IDENTITY = ["--origin", "Example", "--label", "Example", "--arch", "amd64"] as const;

let world: AptWorld;
let repository: CliRepository;
let server: WebServer;
let onEach: AptWorld["onEach"];
let url: string;

beforeAll(async () => {
  world = await aptWorld([8042, 8043]);
  ({ repository, server, onEach } = world);
  ({ url } = server);
  const who = ["--email", "apt@example.com", "--public-url", url];
  await repository.repo("init", "--suite", "stable", "testing", ...IDENTITY, ...who);
  await repository.repo("add", "testing", shop("1.0-1"));
  await repository.repo("promote", "testing", "stable");
});
afterAll(() => world?.destroy());

test("the lines of `repo client`, typed on the machine, are all it takes", async () => {
  const lines = await repository.repo("client", "stable");
  await onEach(async ({ type, apt, versions, machine }) => {
    await type(lines);
    await apt("update");
    await apt("install", "shop");
    expect(await versions("shop")).toEqual({ installed: "1.0-1", candidate: "1.0-1" });
    expect(await machine.sh("cat /usr/share/shop/content")).toBe("1.0-1");
  });
  const requests = await server.newRequests();
  expect(requests).toContainEqual(expect.stringMatching(/^GET .*\/by-hash\/SHA256\/[0-9a-f]{64} 200$/));
  expect(requests).not.toContainEqual(expect.stringMatching(/Packages|Release\.gpg|dists\/stable\/Release /));
});

test("an update without news costs one answer of nothing", async () => {
  await onEach(async ({ apt }) => apt("update"));
  expect(await server.newRequests()).toEqual(
    Array.from({ length: world.machines }, () => "GET /dists/stable/InRelease 304"),
  );
});

test("an upgrade comes; a version can be asked for, and stays when it is held", async () => {
  await repository.repo("add", "stable", shop("2.0-1"));
  await onEach(async ({ apt, versions, machine }) => {
    await apt("update");
    await apt("upgrade");
    expect(await versions("shop")).toEqual({ installed: "2.0-1", candidate: "2.0-1" });
    await apt("install", "--allow-downgrades", "shop=1.0-1");
    expect(await versions("shop")).toEqual({ installed: "1.0-1", candidate: "2.0-1" });
    await machine.sh("apt-mark hold shop");
    await apt("upgrade");
    expect((await versions("shop")).installed).toBe("1.0-1");
    await machine.sh("apt-mark unhold shop");
    await apt("upgrade");
    expect((await versions("shop")).installed).toBe("2.0-1");
  });
});

test("the pin of `repo client` finds the repository by its origin", async () => {
  const pin = await repository.repo("client", "stable", "--file", "pin");
  await onEach(async ({ machine, versions }) => {
    const write = (text: string) => machine.run("tee", ["/etc/apt/preferences.d/example"], { input: text });
    await write(pin);
    expect(await machine.sh("apt-cache policy")).toMatch(new RegExp(`^ *100 ${url} stable/main`, "m"));
    await write(pin.replace(/100$/m, "-1"));
    expect((await versions("shop")).candidate).toBe("2.0-1");
    expect(await machine.sh("apt-cache policy")).toMatch(new RegExp(`^ *-1 ${url} stable/main`, "m"));
    await machine.sh("rm /etc/apt/preferences.d/example");
  });
});

test("what testing has comes with its promotion, and a rollback takes the offer back", async () => {
  const { repo } = repository;
  await repo("snapshot", "stable", "--id", "before-3");
  await repo("add", "testing", shop("3.0-1"));
  await onEach(async ({ apt, versions }) => {
    await apt("update");
    expect((await versions("shop")).candidate).toBe("2.0-1");
  });
  await repo("promote", "testing", "stable", "shop=3.0-1");
  await onEach(async ({ apt, versions }) => {
    await apt("update");
    await apt("install", "shop");
    expect((await versions("shop")).installed).toBe("3.0-1");
  });
  await repo("rollback", "stable");
  await onEach(async ({ apt, versions }) => {
    await apt("update");
    expect(await versions("shop")).toEqual({ installed: "3.0-1", candidate: "3.0-1" });
    await apt("upgrade");
    await apt("install", "--allow-downgrades", "shop=2.0-1");
    expect(await versions("shop")).toEqual({ installed: "2.0-1", candidate: "2.0-1" });
  });
});

test("a snapshot is there for apt's --snapshot, and for an older apt as a repository of its own", async () => {
  await repository.repo("add", "stable", shop("4.0-1"));
  await onEach(async ({ release, apt, versions, machine }) => {
    await apt("clean");
    if (release === "trixie") {
      await apt("--snapshot", "before-3", "update");
      await apt("--snapshot", "before-3", "install", "--reinstall", "shop");
    } else {
      const sources = "/etc/apt/sources.list.d/example.sources";
      await machine.sh(`cp ${sources} /root && sed -i 's|^URIs: .*|&/snapshots/before-3|' ${sources}`);
      await apt("update");
      await apt("install", "--reinstall", "shop");
      await machine.sh(`mv /root/example.sources ${sources}`);
    }
    expect((await versions("shop")).installed).toBe("2.0-1");
    await apt("update");
    expect((await versions("shop")).candidate).toBe("4.0-1");
  });
  expect(await server.newRequests()).toContainEqual(
    expect.stringMatching(/snapshots\/before-3\/pool\/.* 200$/),
  );
});

test("a phased package waits for its part of the machines", async () => {
  await repository.repo("add", "stable", shop("5.0-1"), "--phased", "0");
  await onEach(async ({ release, apt, versions }) => {
    await apt("update");
    await apt("upgrade");
    // apt looks at the machine's identity, and a chroot has none of its own.
    if (release !== "bullseye") expect((await versions("shop")).installed).not.toBe("5.0-1");
  });
  await repository.repo("add", "stable", shop("5.0-1"), "--phased", "100");
  await onEach(async ({ apt, versions }) => {
    await apt("update");
    await apt("upgrade");
    expect((await versions("shop")).installed).toBe("5.0-1");
  });
});

test("who has the release before, or gets it in the middle of a publication, finds all that it names", async () => {
  const path = join(repository.folder, "dists/stable/InRelease");
  const former = readFileSync(path);
  await repository.repo("remove", "stable", "shop");
  await repository.repo("add", "stable", shop("6.0-1"));
  const newer = readFileSync(path);
  replace(path, former);
  await onEach(async ({ apt, machine, versions }) => {
    await machine.sh("rm -rf /var/lib/apt/lists/*");
    await apt("update");
    expect((await versions("shop")).candidate).toBe("5.0-1");
    await apt("install", "--reinstall", "shop");
  });
  replace(path, newer);
  await onEach(async ({ apt, versions }) => {
    await apt("install", "--reinstall", "shop");
    await apt("update");
    await apt("upgrade");
    expect((await versions("shop")).installed).toBe("6.0-1");
  });
});

test("gpgv and sqv take both forms of the signature", async () => {
  const key = "/etc/apt/keyrings/example-archive-keyring.asc";
  const get = ["InRelease", "Release", "Release.gpg"].map((name) => `curl -fsSO ${url}/dists/stable/${name}`);
  await onEach(async ({ release, machine }) => {
    await machine.sh(`cd /tmp && ${get.join(" && ")}`);
    const verify = VERIFY[release === "trixie" ? "sqv" : "gpgv"];
    await machine.sh(`cd /tmp && ${verify.map((command) => command.replace("KEY", key)).join(" && ")}`);
    await machine.sh("cd /tmp && sed -i s/Example/Exemple/ Release InRelease");
    for (const command of verify.slice(-2))
      expect(
        (await machine.run("sh", ["-c", `cd /tmp && ${command.replace("KEY", key)}`], { check: false }))
          .exitCode,
      ).not.toBe(0);
  });
});

const VERIFY = {
  gpgv: [
    "sed -e '1,/^$/d' -e '/^=/d' -e '/^-----/d' KEY | base64 -d >key.gpg",
    "gpgv --keyring ./key.gpg InRelease",
    "gpgv --keyring ./key.gpg Release.gpg Release",
  ],
  sqv: [
    "rm -f text && sqv --keyring KEY --cleartext --output text InRelease",
    "sqv --keyring KEY --signature-file Release.gpg Release",
  ],
} as const;

describe("another repository beside it", () => {
  test("a private one, by the lines of `repo client --login` and a password", async () => {
    const user = "ci:{PLAIN}secret";
    const own = await startNginx({ root: repository.folder, port: world.otherPort, user });
    const lines = await repository.repo("client", "testing", "--login", "ci", "--public-url", own.url);
    await onEach(async ({ type, apt, machine }) => {
      await machine.sh("mkdir /root/kept && mv /etc/apt/sources.list.d/* /etc/apt/keyrings/* /root/kept");
      await expect(type(lines, "wrong\n")).rejects.toThrow("401");
      await type(lines.replace("PASSWORD", "secret"), "secret\n");
      expect(await apt("update")).toContain("testing InRelease");
      await apt("install", "--allow-downgrades", "shop=3.0-1");
      await machine.sh("rm /etc/apt/auth.conf.d/*");
      expect(await machine.run("apt-get", ["update"], { check: false })).toMatchObject({ exitCode: 100 });
      await machine.sh("rm -r /etc/apt/sources.list.d/* && mv /root/kept/*.sources /etc/apt/sources.list.d");
      await machine.sh("mv /root/kept/*.asc /etc/apt/keyrings && rmdir /root/kept");
    });
    await own.stop();
  });

  test("a flat one, on the web and on a stick", async () => {
    const flat = cliRepository();
    await flat.repo("init", "--flat", "--origin", "Flat", "--label", "Flat", "--arch", "amd64");
    await flat.repo("add", "stable", flat.deb({ name: "stick", architecture: "amd64" }));
    const own = await startNginx({ root: flat.folder, port: world.otherPort });
    const lines = await flat.repo("client", "--public-url", own.url);
    const stick = await flat.repo("client", "--public-url", "file:/media/usb", "--file", "one-line");
    await onEach(async ({ type, apt, versions, machine }) => {
      await type(lines);
      await apt("install", "stick");
      await apt("purge", "stick");
      await machine.sh("rm /etc/apt/sources.list.d/flat.sources");
      await machine.copyIn(flat.folder, "/media/usb");
      await machine.run("tee", ["/etc/apt/sources.list.d/flat.list"], { input: stick });
      await apt("update");
      await apt("install", "stick");
      expect((await versions("stick")).installed).toBe("1.0-1");
      await machine.sh("rm /etc/apt/sources.list.d/flat.list");
    });
    await own.stop();
    await flat.destroy();
  });
});

describe("keys and dates", () => testKeys(() => world));

/** As a publisher does it: at once. */
function replace(path: string, bytes: Uint8Array): void {
  writeFileSync(`${path}.new`, bytes);
  renameSync(`${path}.new`, path);
}

const debs = new Map<string, string>();
function shop(version: string): string {
  const path = debs.get(version) ?? repository.deb({ name: "shop", version, content: version });
  debs.set(version, path);
  return path;
}
