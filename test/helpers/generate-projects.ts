import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { build } from "./program.ts";

/** Template of the shop's configuration in its first version. */
export const SHOP_TEMPLATE = `title = \${TITLE}
port = \${PORT}

# fragments
@FRAGMENTS@
# end of fragments

log = yes
`;

/** Builds a package with a service whose configuration is generated; gives its path. */
export async function buildShop(folder: string, version: string, template: string): Promise<string> {
  const project = join(folder, `shop-${version}`);
  await writeFiles(project, {
    "shop.conf.in": template,
    "shop.py": "import time\n\ndef main():\n    while True:\n        time.sleep(60)\n",
    "pyproject.toml": `
[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[project]
name = "shop"
version = "${version}"
description = "Sells things"
license = "MIT"
authors = [{ name = "Shop Team", email = "shop@example.org" }]

[project.scripts]
shop = "shop:main"

[tool.setuptools]
py-modules = ["shop"]

[tool.venvdeb.service.shop]
command = "shop"
state-directory = "shop"

[tool.venvdeb.generate.main]
template = "shop.conf.in"
output = "/etc/shop/shop.conf"
from = ["/etc/shop/conf.d", "/usr/share/shop/conf.d"]
reload = "shop"
mode = "0640"
owner = "root:shop"
defaults = { TITLE = "The shop" }

[tool.venvdeb.generate.main.questions.PORT]
description = "Port that the shop listens on:"
default = "8000"
priority = "critical"
`,
  });
  return (await build(project)).path;
}

/** Builds a package whose only job is to bring fragments of the shop's configuration; gives its path. */
export async function buildTheme(folder: string): Promise<string> {
  const project = join(folder, "theme");
  await writeFiles(project, {
    "conf/theme": "colour = green\n",
    "conf/style": "style = plain\n",
    "venvdeb.toml": `
environment = false
name = "shop-theme"
version = "1.0.0"
maintainer = "Shop Team <shop@example.org>"
description = "Colours for the shop"
depends = ["shop"]

[files]
"/etc/shop/conf.d/theme" = "conf/theme"
"/usr/share/shop/conf.d/style" = "conf/style"
`,
  });
  return (await build(project)).path;
}

async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}
