import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildShop, buildTheme, SHOP_TEMPLATE } from "../helpers/generate-projects.ts";
import { createMachine, type Machine } from "../helpers/machine.ts";
import { runFolder } from "../helpers/run-folder.ts";
import { leftovers, snapshotTree, type TreeSnapshot } from "../helpers/tree-snapshot.ts";

const OUTPUT = "/etc/shop/shop.conf";

describe("generated configuration on a booted machine", () => {
  let machine: Machine;
  let debs: { first: string; changed: string; clashing: string; theme: string };
  let before: TreeSnapshot;

  beforeAll(async () => {
    const folder = join(runFolder(), "generate");
    mkdirSync(folder, { recursive: true });
    debs = {
      first: await buildShop(folder, "1.0.0", SHOP_TEMPLATE),
      changed: await buildShop(folder, "1.1.0", SHOP_TEMPLATE.replace("log = yes", "log = all")),
      clashing: await buildShop(folder, "1.2.0", SHOP_TEMPLATE.replace("title =", "name =")),
      theme: await buildTheme(folder),
    };
    machine = await createMachine({ name: "generate", packages: ["debsums"] });
    await machine.boot();
    await machine.sh("apt-get -q update");
    // What apt brings and what stays of it is not ours.
    await machine.sh("apt-get -q -y install python3.11 adduser");
    before = snapshotTree(machine.root);
  });
  afterAll(() => machine.destroy());

  test.each(["first", "theme"] as const)("lintian finds nothing wrong with the package: %s", async (name) => {
    // The projects have no file with their licence.
    const quiet = "--suppress-tags=copyright-without-copyright-notice";
    const { stdout } = await execa("lintian", ["--fail-on=none", "--allow-root", quiet, debs[name]]);
    expect(stdout).toBe("");
  });

  test("is made of the template, the answer to debconf and the defaults, before the service starts", async () => {
    await machine.run("debconf-set-selections", [], { input: "shop shop/port string 9123\n" });
    await machine.aptInstall(debs.first);
    expect(read()).toBe("title = The shop\nport = 9123\n\n# fragments\n# end of fragments\n\nlog = yes\n");
    expect(await machine.sh(`stat -c %U:%G:%a ${OUTPUT}`)).toBe("root:shop:640");
    expect(await machine.sh("systemctl is-active shop")).toBe("active");
    expect(await starts()).toBe(1);
    expect(await machine.sh("debsums --all shop | grep -v ' OK$' || true")).toBe("");
  });

  test("is made anew when a package brings fragments, and the service takes it once", async () => {
    const { stdout } = await machine.aptInstall(debs.theme);
    expect(stdout).toContain("Processing triggers for shop");
    expect(stdout).not.toContain("shop: ");
    expect(fragments()).toBe("colour = green\nstyle = plain\n");
    expect(await starts()).toBe(2);
  });

  test("keeps an operator's edit through an upgrade that changes something else", async () => {
    edit("title = The shop", "title = Corner shop");
    const { stdout } = await machine.aptInstall(debs.changed);
    expect(stdout).toContain(`shop: ${OUTPUT} was edited by hand`);
    expect(read()).toContain("title = Corner shop\nport = 9123\n");
    expect(read()).toContain("\nlog = all\n");
    expect(await starts()).toBe(3);
  });

  test("loses the fragments of a package that is removed, of those below /etc too, and keeps the edit", async () => {
    await machine.sh("apt-get -q -y remove shop-theme");
    expect(existsSync(join(machine.root, "etc/shop/conf.d/theme"))).toBe(true);
    expect(fragments()).toBe("");
    expect(read()).toContain("title = Corner shop");
    expect(await starts()).toBe(4);
    await machine.aptInstall(debs.theme);
    expect(fragments()).toBe("colour = green\nstyle = plain\n");
    expect(await starts()).toBe(5);
  });

  test("stays the operator's where an upgrade changes the same line, and says so", async () => {
    const mine = read();
    const { stdout } = await machine.aptInstall(debs.clashing);
    expect(stdout).toContain(`what the package would write is in ${OUTPUT}.venvdeb-new`);
    expect(read()).toBe(mine);
    expect(read(`${OUTPUT}.venvdeb-new`)).toContain("name = The shop\nport = 9123\n");
    expect(await machine.sh(`stat -c %U:%G:%a ${OUTPUT}.venvdeb-new`)).toBe("root:shop:640");
    expect(await machine.sh("systemctl is-active shop")).toBe("active");
  });

  test("takes /etc/default before debconf when it is configured again", async () => {
    await machine.sh("echo PORT=9200 >>/etc/default/shop && dpkg-reconfigure shop");
    expect(read(`${OUTPUT}.venvdeb-new`)).toContain("port = 9200\n");
    await machine.sh(`mv ${OUTPUT}.venvdeb-new ${OUTPUT} && dpkg-reconfigure shop`);
    expect(read()).toContain("name = The shop\nport = 9200\n");
  });

  test("its notes are root's alone, also after systemd gave the state folder to the service", async () => {
    expect(await machine.sh("stat -c %U:%a /var/lib/venvdeb/shop /var/lib/venvdeb/shop/generated")).toBe(
      "root:700\nroot:700",
    );
    expect(statSync(join(machine.root, "var/lib/venvdeb/shop/generated/answers")).mode & 0o777).toBe(0o600);
  });

  test("is left alone, in plain words and without failing apt, when Python is gone", async () => {
    const mine = read();
    await machine.sh("mv /usr/bin/python3.11 /usr/bin/python3.11.away");
    const { stderr } = await machine.run("dpkg", ["--purge", "--force-depends", "shop-theme"]);
    await machine.sh("mv /usr/bin/python3.11.away /usr/bin/python3.11");
    expect(stderr).toContain(`shop: ${OUTPUT} not made: there is no python3.11.`);
    expect(await machine.sh("dpkg-query -W -f '${db:Status-Abbrev}' shop")).toBe("ii ");
    expect(read()).toBe(mine);
  });

  test("stays when the package is removed, and is gone with all notes and answers after the purge", async () => {
    await machine.sh("apt-get -q -y remove shop");
    expect(read()).toContain("name = The shop");
    await machine.sh("apt-get -q -y purge shop");
    expect(await machine.sh("debconf-show shop")).toBe("");
    expect(leftovers(before, snapshotTree(machine.root))).toEqual([]);
  });

  function read(path = OUTPUT): string {
    return readFileSync(join(machine.root, path), "utf8");
  }

  function fragments(): string {
    return /# fragments\n([^]*)# end of fragments\n/.exec(read())?.[1] ?? "no place";
  }

  function edit(from: string, to: string): void {
    writeFileSync(join(machine.root, OUTPUT), read().replace(from, to));
  }

  /** How often systemd has started the service since the machine was booted. */
  async function starts(): Promise<number> {
    return Number(await machine.sh("journalctl -q -b -u shop -o cat | grep -c '^Started' || true"));
  }
});
