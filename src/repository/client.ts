import { formatStanza } from "../deb/stanza.ts";
import { VenvdebError } from "../errors.ts";
import type { RepositorySettings, Suite } from "./types.ts";

export interface ClientOptions {
  /** Where clients reach the repository; default the settings' publicUrl. */
  readonly url?: string;
  /** Default all of the suite's. */
  readonly components?: readonly string[];
  /** Empty: the machine's own, as by default where the suite has more than one: apt fetches all that are named. */
  readonly architectures?: readonly string[];
  /**
   * `administrator` (default): the key is a file of the machine's administrator, in /etc/apt/keyrings.
   * `package`: it is where the package `<name>-archive-keyring` has it, which takes both files over when it is installed.
   */
  readonly keyring?: "administrator" | "package";
  /** Of a private repository; the password is for the user to fill in when it is left out. */
  readonly credentials?: { readonly login: string; readonly password?: string };
}

/** A file of the client. */
export interface ClientFile {
  readonly path: string;
  readonly text: string;
  /** Permission bits. */
  readonly mode: number;
}

/** All that a machine needs to use one suite of a repository: the command line and the web page show the same. */
export interface ClientSetup {
  /** What the files are named after: `example`. */
  readonly name: string;
  readonly label: string;
  readonly url: string;
  /** Without a slash at its end where it is a suite; `./` for a flat repository. */
  readonly suite: string;
  /** Of the keys that sign, to compare with. */
  readonly fingerprints: readonly string[];
  readonly key: { readonly url: string; readonly path: string };
  /** Deb822 (sources.list(5)), for every release in `releases`. */
  readonly sources: ClientFile;
  /** The same with the keys inside of it: nothing to download. For releases with `inlineKey`. */
  readonly inlineSources: ClientFile;
  /** The one-line form, for apt before 1.1; instead of `sources`, never beside it. */
  readonly oneLine: ClientFile;
  /** For private repositories (apt_auth.conf(5)). */
  readonly auth?: ClientFile;
  /** An example: of a package that is in the distribution too, the distribution's goes first. */
  readonly pin: ClientFile;
  readonly releases: readonly ClientRelease[];
}

export interface ClientRelease {
  readonly distribution: "debian" | "ubuntu";
  readonly version: string;
  readonly codename: string;
  /** `Debian 12 (bookworm)` */
  readonly title: string;
  /** Signed-By may hold the key itself: apt 2.3.10 and later. */
  readonly inlineKey: boolean;
  /** /etc/apt/keyrings is not there from the start: apt before 2.4. */
  readonly lacksKeyringsFolder: boolean;
}

/**
 * What a machine needs to use this suite, as data; renderers are in client-text.ts.
 * @throws VenvdebError REPO_CLIENT_URL, REPO_CLIENT_VALUE
 */
export function clientSetup(
  settings: RepositorySettings,
  suite: Suite,
  options: ClientOptions = {},
): ClientSetup {
  const url = validateUrl(options.url ?? settings.publicUrl);
  const name = repositoryName(settings.label);
  const signing = settings.keys.filter(({ status }) => status === "signing");
  const keyPath = `${options.keyring === "package" ? PACKAGE_FOLDER : ADMINISTRATOR_FOLDER}/${keyringFileName(settings.label)}`;
  const isFlat = settings.layout === "flat";
  const source: Source = {
    url,
    suite: isFlat ? "./" : validateWord("suite", suite.name),
    components: isFlat ? [] : words("component", options.components ?? suite.components),
    architectures: words("architecture", options.architectures ?? onlyOne(suite.architectures)),
  };
  return {
    name,
    label: settings.label,
    url,
    suite: source.suite,
    fingerprints: signing.map(({ fingerprint }) => fingerprint),
    key: { url: `${url}/${keyringFileName(settings.label)}`, path: keyPath },
    sources: file(sourcesPath(name), renderSources(source, keyPath)),
    inlineSources: file(
      sourcesPath(name),
      renderSources(source, `\n${signing.map(({ certificate }) => certificate.trimEnd()).join("\n")}`),
    ),
    oneLine: file(`/etc/apt/sources.list.d/${name}.list`, renderOneLine(source, keyPath)),
    ...(options.credentials === undefined
      ? {}
      : { auth: file(`/etc/apt/auth.conf.d/${name}.conf`, renderAuth(url, options.credentials), 0o600) }),
    pin: file(`/etc/apt/preferences.d/${name}`, renderPin(settings.origin, url)),
    releases: RELEASES,
  };
}

function onlyOne(architectures: readonly string[]): readonly string[] {
  return architectures.length === 1 ? architectures : [];
}

/** The label as a part of file and package names: `Example Tools` is `example-tools`. */
export function repositoryName(label: string): string {
  const name = label
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/\p{M}/gu, "")
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
  return name === "" ? "repository" : name;
}

/** Of the certificates, at the top of the repository and on clients. */
export function keyringFileName(label: string): string {
  return `${repositoryName(label)}-archive-keyring.asc`;
}

const ADMINISTRATOR_FOLDER = "/etc/apt/keyrings";
const PACKAGE_FOLDER = "/usr/share/keyrings";

function file(path: string, text: string, mode = 0o644): ClientFile {
  return { path, text, mode };
}

function sourcesPath(name: string): string {
  return `/etc/apt/sources.list.d/${name}.sources`;
}

/** Debian 11 to 13, Ubuntu 20.04 to 26.04. */
const RELEASES: readonly ClientRelease[] = (
  [
    ["debian", "13", "trixie"],
    ["debian", "12", "bookworm"],
    ["debian", "11", "bullseye"],
    ["ubuntu", "26.04", "resolute"],
    ["ubuntu", "24.04", "noble"],
    ["ubuntu", "22.04", "jammy"],
    ["ubuntu", "20.04", "focal"],
  ] as const
).map(([distribution, version, codename]) => {
  const isOld = codename === "bullseye" || codename === "focal";
  const title = `${distribution === "debian" ? "Debian" : "Ubuntu"} ${version} (${codename})`;
  return { distribution, version, codename, title, inlineKey: !isOld, lacksKeyringsFolder: isOld };
});

interface Source {
  readonly url: string;
  readonly suite: string;
  readonly components: readonly string[];
  readonly architectures: readonly string[];
}

function renderSources({ url, suite, components, architectures }: Source, signedBy: string): string {
  return formatStanza([
    ["Types", "deb"],
    ["URIs", url],
    ["Suites", suite],
    ["Components", components.join(" ")],
    ["Architectures", architectures.join(" ")],
    ["Signed-By", signedBy],
  ]);
}

function renderOneLine({ url, suite, components, architectures }: Source, keyPath: string): string {
  const architecture = architectures.length === 0 ? "" : `arch=${architectures.join(",")} `;
  return `${["deb", `[${architecture}signed-by=${keyPath}]`, url, suite, ...components].join(" ")}\n`;
}

/** A machine line without a protocol is for https alone. */
function renderAuth(url: string, { login, password }: NonNullable<ClientOptions["credentials"]>): string {
  const { protocol, host, pathname } = new URL(url);
  const machine = `${protocol === "https:" ? "" : `${protocol}//`}${host}${pathname.replace(/\/$/, "")}`;
  return [
    `machine ${machine}`,
    `login ${validateWord("login", login)}`,
    `password ${validateWord("password", password ?? "PASSWORD")}`,
    "",
  ].join("\n");
}

/** An origin with a comma cannot be written (apt_preferences(5)): then the host stands for it. */
function renderPin(origin: string, url: string): string {
  const host = new URL(url).hostname;
  const pin = /[,\n]/.test(origin) ? `origin "${host}"` : `release o=${origin}`;
  return formatStanza([
    ["Package", "*"],
    ["Pin", pin],
    ["Pin-Priority", "100"],
  ]);
}

function validateUrl(url: string | undefined): string {
  if (url === undefined)
    throw new VenvdebError(
      "REPO_CLIENT_URL",
      "Cannot tell clients where the repository is: it has no public URL",
      {
        hint: "give --public-url, or set it once: venvdeb repo init URL --public-url https://…",
      },
    );
  // Brackets and blanks end a URL in the one-line form.
  if (
    /^(?:https?|file|mirror\+https?|tor\+https?):[^\s[\]"'<>\\^`{|}\p{Cc}]+$/u.test(url) &&
    URL.canParse(url)
  )
    return url.replace(/\/+$/, "");
  throw new VenvdebError("REPO_CLIENT_URL", `Cannot tell clients the URL "${url}": apt does not take it`, {
    hint: "wanted: as https://apt.example.com/debian, with blanks and the like written as %20",
  });
}

function words(what: string, values: readonly string[]): string[] {
  return values.map((value) => validateWord(what, value));
}

function validateWord(what: string, value: string): string {
  if (/^[^\s[\]#\p{Cc}]+$/u.test(value)) return value;
  throw new VenvdebError(
    "REPO_CLIENT_VALUE",
    `Cannot write the ${what} "${value}" for clients: it is not one word`,
  );
}
