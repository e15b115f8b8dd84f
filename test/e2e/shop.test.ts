import { afterAll, beforeAll, expect, test } from "vitest";
import { makeLocalRepository } from "../helpers/local-repository.ts";
import { createMachine, type Machine } from "../helpers/machine.ts";
import { builtSample } from "../helpers/samples.ts";
import { leftovers, snapshotTree, type TreeSnapshot } from "../helpers/tree-snapshot.ts";
import { waitFor } from "../helpers/wait-for.ts";
import {
  brokenShop as broken,
  builtBrokenShop,
  builtCurrentShop,
  builtOldShop,
  currentShop as current,
  oldShop as old,
} from "./shop-versions.ts";

interface Health {
  readonly version: string;
  readonly database: string;
  readonly libpq: { readonly implementation: string; readonly version: number };
  readonly products: number;
  readonly theme: string;
  readonly shipping: Readonly<Record<string, number>>;
}

let machine: Machine;
let pristine: TreeSnapshot;

beforeAll(async () => {
  const debs = [
    await builtOldShop(),
    await builtCurrentShop(),
    await builtBrokenShop(),
    await builtSample("shop-theme"),
  ];
  machine = await createMachine({ name: "shop", packages: ["debsums"], ports: [8002] });
  await machine.boot();
  await makeLocalRepository(machine, debs);
  pristine = snapshotTree(machine.root);
});
afterAll(() => machine.destroy());

test("the shop serves, with libpq of the machine, its database migrated", async () => {
  await apt("install", `shop=${old}-1`);
  const health = await expectHealth(old);
  expect(health).toMatchObject({ database: "sqlite", products: 2, theme: "plain" });
  expect(health.libpq.implementation).toBe("c");
  expect(health.shipping).toEqual({ DE: 490, FR: 990 });
  expect(await machine.sh("dpkg-query -W -f '${Depends}' shop")).toMatch(/\blibpq5\b/);
  expect(await columns()).not.toContain("stock");
  expect(await machine.sh("stat -c '%U %a' /var/lib/shop /var/lib/shop/shop.sqlite3")).toMatch(
    /^shop 750\nshop 6\d\d$/,
  );
});

test("its cron line really runs, as its user", async () => {
  const log = () => machine.sh("cat /var/log/shop/tidy.log 2>/dev/null || true");
  await waitFor(async () => ((await log()) === "" ? undefined : true), {
    what: "cron's next minute",
    seconds: 90,
  });
  expect(await log()).toMatch(/^\d{4}-.*Z 0 carts thrown away$/m);
  expect(await machine.sh("stat -c %U /var/log/shop/tidy.log")).toBe("shop");
});

test("an upgrade migrates the database and keeps an edited conffile with no question", async () => {
  await machine.sh("echo 'IT = 1290' >>/etc/shop/shipping.toml");
  await apt("install", `shop=${current}-1`);
  const health = await expectHealth(current);
  expect(health).toMatchObject({ products: 2, shipping: { IT: 1290 } });
  expect(await columns()).toContain("stock");
});

test("a theme that is installed regenerates the configuration, and the service takes it", async () => {
  await apt("install", "shop-theme");
  await waitFor(async () => ((await askHealth())?.theme === "dark" ? true : undefined), {
    what: "the theme",
  });
  expect(await machine.sh("grep -c '^colour = #222$' /etc/shop/shop.ini")).toBe("1");
  expect(await machine.sh("dpkg-query -W -f '${Conffiles}' shop")).not.toContain("/etc/shop/shop.ini");
});

test("an operator's edit of the generated configuration outlives what another package changes in it", async () => {
  await machine.sh("sed -i 's/^title = .*/title = Kettles/' /etc/shop/shop.ini");
  await apt("purge", "shop-theme");
  await waitFor(async () => ((await askHealth())?.theme === "plain" ? true : undefined), {
    what: "no theme",
  });
  expect(await machine.sh("cat /etc/shop/shop.ini")).toContain("title = Kettles");
});

test("the way back: an older version works with the newer database", async () => {
  await apt("install", "--allow-downgrades", `shop=${old}-1`);
  const health = await expectHealth(old);
  expect(health).toMatchObject({ products: 2, shipping: { IT: 1290 } });
});

test("an upgrade whose service does not start fails in apt's eyes, and the version before gets it right again", async () => {
  const upgrade = await machine.run("apt-get", ["-q", "-y", "install", `shop=${broken}-1`], { check: false });
  expect(upgrade.exitCode).toBe(100);
  expect(`${upgrade.stdout}${upgrade.stderr}`).toMatch(/shop/);
  expect(await status()).toMatch(/^iF/);
  await apt("install", "--allow-downgrades", `shop=${current}-1`);
  expect(await status()).toBe("ii ");
  await expectHealth(current);
});

test("remove, reinstall and purge leave what they should", async () => {
  await apt("remove", "shop");
  expect(await machine.sh("ls -A /opt 2>/dev/null || true")).toBe("");
  expect(await machine.sh("cat /etc/shop/shipping.toml")).toContain("IT = 1290");
  expect(await machine.sh("test -s /var/lib/shop/shop.sqlite3 && echo kept")).toBe("kept");
  await apt("install", `shop=${current}-1`);
  expect(await expectHealth(current)).toMatchObject({ products: 2, shipping: { IT: 1290 } });
  await apt("install", "--reinstall", `shop=${current}-1`);
  await expectHealth(current);
  await apt("purge", "shop");
  expect(await machine.sh("ls -d /etc/shop /var/lib/shop /var/log/shop /opt/shop 2>/dev/null || true")).toBe(
    "",
  );
});

test("with what it needed gone too, nothing is left but the account", async () => {
  // cron would stay, since adduser suggests it.
  await apt("autoremove", "--purge", "-o", "APT::AutoRemove::SuggestsImportant=false");
  expect(leftovers(pristine, snapshotTree(machine.root))).toEqual([]);
});

/** Nothing that is only recommended: cron's mail server would stay, and leave its own things behind. */
async function apt(...args: string[]): Promise<void> {
  await machine.run("apt-get", ["-q", "-y", "--no-install-recommends", ...args]);
}

async function status(): Promise<string> {
  return machine.sh("dpkg-query -W -f '${db:Status-Abbrev}' shop");
}

async function askHealth(): Promise<Health | undefined> {
  const response = await fetch("http://127.0.0.1:8024/health").catch(() => undefined);
  if (response?.ok !== true) return undefined;
  const health: Health = JSON.parse(await response.text());
  return health;
}

async function expectHealth(version: string): Promise<Health> {
  const health = await waitFor(askHealth, { what: "the shop", seconds: 30 });
  expect(health.version).toBe(version);
  return health;
}

/** The columns of the products, as the database on the disk has them. */
async function columns(): Promise<string> {
  const code = `import sqlite3; print(sqlite3.connect("/var/lib/shop/shop.sqlite3").execute("SELECT sql FROM sqlite_master WHERE name='shop_product'").fetchone()[0])`;
  return machine.sh(`runuser -u shop -- /opt/shop/bin/python -B -c '${code.replaceAll("'", `'"'"'`)}'`);
}
