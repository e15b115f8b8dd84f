import { createHash } from "node:crypto";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { directoriesFor } from "../deb/entries.ts";
import type { Layer, PackageEntry } from "../deb/entry.ts";
import type { BuiltPackage, DebContents } from "../deb/types.ts";
import { writeDeb } from "../deb/write.ts";
import { mkdir } from "../effects/fs.ts";
import { withTempDir } from "../effects/temp-dir.ts";
import { VenvdebError } from "../errors.ts";
import { renderTemplate } from "../system/render-template.ts";
import { clientSetup, type ClientSetup } from "./client.ts";
import { describeCertificate, exportCertificate, newestChange } from "./sign/keys.ts";
import type { RepositorySettings } from "./types.ts";

export interface KeyringOptions {
  /** Folder for the package; made when it is not there. */
  readonly output: string;
  /** The suite that clients get; default the first. */
  readonly suite?: string;
  /** Default the settings' publicUrl. */
  readonly url?: string;
  /** Default the moment of the newest change of a key, `20261123.114512`: newer keys make a newer package. */
  readonly version?: string;
  /** `Name <address>`; default the user ID of the newest key that signs. */
  readonly maintainer?: string;
}

/**
 * Builds `<name>-archive-keyring`: every certificate of the repository in /usr/share/keyrings, and the `.sources` file
 * that names it, a conffile. Its bytes depend on the settings and options alone. An architecture's list is left out of
 * the sources, so that one package serves machines of all.
 * @throws VenvdebError REPO_KEYRING_MAINTAINER, REPO_CLIENT_URL, REPO_CLIENT_VALUE, SIGN_NO_KEY, and those of writeDeb
 */
export async function buildKeyringPackage(
  settings: RepositorySettings,
  options: KeyringOptions,
): Promise<BuiltPackage> {
  const suite = settings.suites.find(({ name }) => name === options.suite) ?? settings.suites[0];
  if (suite === undefined || settings.keys.length === 0)
    throw new VenvdebError("SIGN_NO_KEY", "Cannot make a package of the repository's keys: it has none", {
      hint: "`venvdeb repo key create` makes one",
    });
  const setup = clientSetup(settings, suite, {
    keyring: "package",
    architectures: [],
    ...(options.url === undefined ? {} : { url: options.url }),
  });
  const changed = await newestChange(settings.keys);
  const contents = assemble({
    settings,
    setup,
    keys: await exportCertificate(settings.keys),
    version: options.version ?? versionOf(changed),
    maintainer: options.maintainer ?? (await maintainerOf(settings)),
    changed,
  });
  const { package: name, version } = contents.control;
  await mkdir(options.output, { recursive: true });
  return withTempDir(async (temporaryDirectory) =>
    writeDeb(contents, join(options.output, `${name}_${version.replace(/^\d+:/, "")}_all.deb`), {
      jobs: 1,
      temporaryDirectory,
    }),
  );
}

interface Parts {
  readonly settings: RepositorySettings;
  readonly setup: ClientSetup;
  /** Armoured. */
  readonly keys: string;
  readonly version: string;
  readonly maintainer: string;
  readonly changed: Date;
}

function assemble(parts: Parts): DebContents {
  const { settings, setup, keys, version, maintainer, changed } = parts;
  const name = `${setup.name}-archive-keyring`;
  const timestamp = Math.floor(changed.getTime() / 1000);
  const entries = [
    textEntry(setup.key.path, keys),
    textEntry(setup.sources.path, setup.sources.text),
    textEntry(`/usr/share/doc/${name}/copyright`, renderCopyright(parts)),
    textEntry(`/usr/share/lintian/overrides/${name}`, renderOverride(name, setup)),
    dataEntry(`/usr/share/doc/${name}/changelog.gz`, compress(renderChangelog(name, parts))),
  ];
  return {
    control: {
      package: name,
      version,
      architecture: "all",
      maintainer,
      section: "misc",
      priority: "optional",
      ...(setup.url.startsWith("http") ? { homepage: setup.url } : {}),
      synopsis: `keys and sources of the ${settings.label} package archive`,
      description:
        `The archive of ${settings.origin} signs its releases with the keys of this package. ` +
        `It also tells apt where the archive is: ${setup.url}`,
    },
    controlFiles: [{ name: "preinst", content: renderPreinst(setup), mode: 0o755 }],
    layers: [directoryLayer(entries, timestamp), { id: "system", mtime: timestamp, entries }],
    compression: "xz",
    timestamp,
  };
}

/** That it names a package archive is what the package is for. */
function renderOverride(name: string, { sources }: ClientSetup): string {
  return `${name}: package-installs-apt-sources [${sources.path.slice(1)}]\n`;
}

function textEntry(path: string, text: string): PackageEntry {
  return dataEntry(path, Buffer.from(text));
}

function dataEntry(path: string, data: Uint8Array): PackageEntry {
  return { kind: "data", path: path.slice(1), mode: 0o644, data };
}

function directoryLayer(files: readonly PackageEntry[], mtime: number): Layer {
  const entries = directoriesFor(files.map(({ path }) => path)).map((path): PackageEntry => ({
    kind: "directory",
    path,
    mode: 0o755,
  }));
  return { id: "directories", mtime, entries };
}

function renderPreinst({ sources, key }: ClientSetup): string {
  return renderTemplate("apt/keyring.preinst.sh.liquid", {
    sources: sources.path,
    replace: `s|^Signed-By: /etc/apt/keyrings/[^ ]*$|Signed-By: ${key.path}|;/^Architectures: /d`,
    sum: createHash("sha256").update(sources.text).digest("hex"),
  });
}

function renderCopyright({ settings, setup, maintainer }: Parts): string {
  return [
    "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/",
    `Source: ${setup.url}`,
    `Comment: Made by venvdeb for the archive of ${settings.origin}.`,
    "",
    "Files: *",
    `Copyright: ${maintainer}`,
    "License: public-domain",
    " Public keys and an address are facts, which no one has a copyright on.",
    "",
  ].join("\n");
}

function renderChangelog(name: string, { settings, version, maintainer, changed }: Parts): string {
  return [
    `${name} (${version}) unstable; urgency=medium`,
    "",
    // Not their status: a key that is retired makes no newer version, so it must not make other bytes.
    ...settings.keys.map(({ fingerprint }) => `  * ${fingerprint}`),
    "",
    ` -- ${maintainer}  ${changed.toUTCString().replace(/GMT$/, "+0000")}`,
    "",
  ].join("\n");
}

/** As `gzip -9n`; the byte of the operating system differs between builds of zlib. */
function compress(text: string): Uint8Array {
  const data = gzipSync(text, { level: 9 });
  data[9] = 3;
  return data;
}

function versionOf(date: Date): string {
  const digits = date.toISOString().replaceAll(/\D/g, "");
  return `${digits.slice(0, 8)}.${digits.slice(8, 14)}`;
}

async function maintainerOf({ keys }: RepositorySettings): Promise<string> {
  const signing = keys.findLast(({ status }) => status === "signing");
  const userIds = signing === undefined ? [] : (await describeCertificate(signing.certificate)).userIds;
  const whole = userIds.find((userId) => /^[^<>]+ <[^<>@\s]+@[^<>@\s]+>$/.test(userId));
  if (whole !== undefined) return whole;
  throw new VenvdebError(
    "REPO_KEYRING_MAINTAINER",
    "Cannot make a package of the repository's keys: the key that signs has no name with an address (Debian wants a maintainer)",
    { hint: 'give --maintainer "Name <address>"', exitCode: 2 },
  );
}
