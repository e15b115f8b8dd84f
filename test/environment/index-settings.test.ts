import { join } from "node:path";
import { expect, test } from "vitest";
import { readIndexSettings } from "../../src/environment/index-settings.ts";
import { testHost } from "../helpers/environment-build.ts";
import { tempFiles } from "../helpers/temp-files.ts";

const NO_SYSTEM = { XDG_CONFIG_DIRS: "/nonexistent" };

async function settingsOf(files: Record<string, string>, env: Record<string, string> = {}) {
  const folder = await tempFiles(files);
  const values = Object.entries(env).map(([name, value]) => [name, value.replace("FOLDER", folder)]);
  const host = testHost({ home: folder, env: { ...NO_SYSTEM, ...Object.fromEntries(values) } });
  const found = await readIndexSettings(host, folder);
  return { ...found, environment: { ...found.environment, ...(await machineSettings()) } };
}

/** This machine's own /etc/pip.conf, taken out of what is compared. */
async function machineSettings(): Promise<Record<string, undefined>> {
  const host = testHost({ home: "/nonexistent", env: NO_SYSTEM });
  const { environment } = await readIndexSettings(host, "/nonexistent");
  return Object.fromEntries(Object.keys(environment).map((name) => [name, undefined]));
}

test("pip's files and variables, by pip's precedence, in uv's words", async () => {
  const { environment, arguments: options } = await settingsOf(
    {
      ".config/pip/pip.conf":
        "[global]\nindex-url = https://a.example/simple\nextra_index_url =\n  https://b.example/simple\n  https://c.example/simple\n# a note\ntrusted-host: a.example b.example\n[install]\nindex-url = https://d.example/simple\nno-index = yes\n",
    },
    { PIP_CLIENT_CERT: "/etc/me.pem", PIP_KEYRING_PROVIDER: "subprocess" },
  );
  expect(environment).toEqual({
    UV_DEFAULT_INDEX: "https://d.example/simple",
    UV_INDEX: "https://b.example/simple https://c.example/simple",
    UV_INSECURE_HOST: "a.example b.example",
    SSL_CLIENT_CERT: "/etc/me.pem",
    UV_KEYRING_PROVIDER: "subprocess",
  });
  expect(options).toEqual(["--no-index"]);
});

test("a variable wins over files, PIP_CONFIG_FILE takes the place of the user's, /dev/null turns all off", async () => {
  const files = {
    ".pip/pip.conf": "[global]\nindex-url = https://own.example/simple\n",
    "other.conf": "[global]\nindex-url = https://other.example/simple\n",
  };
  const own = await settingsOf(files);
  expect(own.environment).toEqual({ UV_DEFAULT_INDEX: "https://own.example/simple" });
  const other = await settingsOf(files, { PIP_CONFIG_FILE: "FOLDER/other.conf" });
  expect(other.environment).toEqual({ UV_DEFAULT_INDEX: "https://other.example/simple" });
  const variable = await settingsOf(files, { PIP_INDEX_URL: "https://env.example/simple" });
  expect(variable.environment).toEqual({ UV_DEFAULT_INDEX: "https://env.example/simple" });
  const off = await settingsOf(files, { PIP_CONFIG_FILE: "/dev/null" });
  expect(off.environment).toEqual({});
});

test("what the user set for uv goes first: variables, uv.toml, the project's default index", async () => {
  const pip = { ".pip/pip.conf": "[global]\nindex-url = https://pip.example/simple\n" };
  const variable = await settingsOf(pip, { UV_INDEX_URL: "https://uv.example/simple" });
  expect(variable.environment).toEqual({});
  const file = await settingsOf({ ...pip, ".config/uv/uv.toml": '[[index]]\nurl = "https://uv.example"\n' });
  expect(file.environment).toEqual({});
  const project = await settingsOf({
    ...pip,
    "pyproject.toml": '[[tool.uv.index]]\nname = "x"\nurl = "https://x.example"\ndefault = true\n',
  });
  expect(project.environment).toEqual({});
  const explicit = await settingsOf({
    ...pip,
    "pyproject.toml":
      '[[tool.uv.index]]\nname = "x"\nurl = "https://x.example"\nexplicit = true\n\n[tool.other]\ndefault = true\n',
  });
  expect(explicit.environment).toEqual({ UV_DEFAULT_INDEX: "https://pip.example/simple" });
});

test("folders of find-links that are not there are left out, as pip does", async () => {
  const folder = await tempFiles({ "links/x": "" });
  const { environment } = await settingsOf(
    {},
    { PIP_FIND_LINKS: `${join(folder, "links")} /nonexistent https://f.example/x` },
  );
  expect(environment).toEqual({ UV_FIND_LINKS: `${join(folder, "links")},https://f.example/x` });
});
