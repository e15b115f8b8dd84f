/** Something of the building machine that no package may hold. */
export interface Needle {
  readonly text: string;
  /** For the message: "the staging folder". */
  readonly what: string;
  /** Of the person, not of this build: published wheels may hold such of their own makers. */
  readonly personal: boolean;
  readonly bytes: Buffer;
  /** Whether these bytes before and after the text make it a different one. */
  readonly isOther: (before: number | undefined, after: number | undefined) => boolean;
}

export interface Traces {
  /** Staging root, cache, temporary folders, in every spelling: absolute paths, or beginnings of such. */
  readonly folders: readonly { readonly path: string; readonly what: string }[];
  readonly home: string;
  readonly userName: string;
  readonly hostName: string;
}

/** What to look for. */
export function collectNeedles({ folders, home, userName, hostName }: Traces): Needle[] {
  const unique = new Map(
    folders.filter(({ path }) => path.length > 1).map((folder) => [folder.path, folder]),
  );
  const hasPerson = userName !== "" && !GENERIC.has(userName.toLowerCase());
  return [
    ...[...unique.values()].map(({ path, what }) =>
      needle(path, what, { personal: false, isOther: () => false }),
    ),
    ...(home.length > 1 ? [needle(home, "the home folder", { personal: true, isOther: isOtherWord })] : []),
    ...(hasPerson
      ? [needle(`/${userName}/`, "the user's name", { personal: true, isOther: () => false })]
      : []),
    ...(hostName === "" || userName === ""
      ? []
      : [needle(`${userName}@${hostName}`, "user and host", { personal: true, isOther: isOtherAddress })]),
  ];
}

function needle(text: string, what: string, rest: Pick<Needle, "personal" | "isOther">): Needle {
  return { text, what, bytes: Buffer.from(text), ...rest };
}

/** The first place of a needle, or -1. */
export function findNeedle(bytes: Buffer, { bytes: wanted, isOther }: Needle): number {
  let offset = bytes.indexOf(wanted);
  while (offset !== -1 && isOther(bytes[offset - 1], bytes[offset + wanted.length]))
    offset = bytes.indexOf(wanted, offset + 1);
  return offset;
}

/** `/rootfs`, `chroot/root` and `/home/alice2` are not this user's home. */
function isOtherWord(before: number | undefined, after: number | undefined): boolean {
  return isNameByte(before) || isNameByte(after);
}

/** A domain may follow the host. */
function isOtherAddress(before: number | undefined, after: number | undefined): boolean {
  return isNameByte(before) || (after !== 0x2e && isNameByte(after));
}

/** Users whose names are words of code: a user `app` must not make `/app/` a leak. */
const GENERIC: ReadonlySet<string> = new Set([
  "admin",
  "app",
  "apps",
  "bin",
  "build",
  "builder",
  "buildd",
  "ci",
  "code",
  "conda",
  "daemon",
  "data",
  "debian",

  "deploy",
  "dev",
  "docker",
  "git",
  "github",
  "gitlab",
  "jenkins",
  "lib",
  "mail",
  "main",
  "node",
  "nobody",
  "opt",

  "package",
  "packager",
  "python",
  "release",
  "root",
  "runner",
  "src",
  "sys",
  "test",
  "tester",
  "ubuntu",
  "user",
  "vagrant",
  "var",
  "web",
  "work",
  "worker",
  "www",
  "www-data",
]);

function isNameByte(byte: number | undefined): boolean {
  return byte !== undefined && /[\w.-]/.test(String.fromCharCode(byte)) && byte < 128;
}
