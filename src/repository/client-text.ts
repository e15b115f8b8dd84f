import { formatWords } from "../config/shell-words.ts";
import type { ClientFile, ClientRelease, ClientSetup } from "./client.ts";

export interface ClientStep {
  readonly title: string;
  /** Lines for a shell, made for copying; they ask for root by sudo. */
  readonly commands: string;
}

/** What a person does on a machine, in this order; without a release, what is right on every one. */
export function clientSteps(setup: ClientSetup, release?: ClientRelease): ClientStep[] {
  const { auth } = setup;
  return [
    ...(auth === undefined
      ? []
      : [{ title: "Say who you are, with your password", commands: writeFileCommand(auth) }]),
    { title: "Get the key", commands: keyCommands(setup, release) },
    { title: "Add the repository", commands: writeFileCommand(setup.sources) },
    { title: "Read its packages", commands: "sudo apt-get update" },
  ];
}

/** The steps as plain text, with the fingerprints to compare. */
export function renderClientSetup(setup: ClientSetup, release?: ClientRelease): string {
  const steps = clientSteps(setup, release).map(({ title, commands }) => `# ${title}\n${commands}\n`);
  const keys = setup.fingerprints.map((fingerprint) => `#   ${spacedFingerprint(fingerprint)}`);
  return [...steps, [`# ${keyTitle(keys.length)}`, ...keys, ""].join("\n")].join("\n");
}

/** In groups of four, as gpg shows it and people compare it. */
export function spacedFingerprint(fingerprint: string): string {
  const groups = fingerprint.match(/.{1,4}/g) ?? [];
  return `${groups.slice(0, 5).join(" ")}  ${groups.slice(5).join(" ")}`;
}

function keyTitle(count: number): string {
  return count === 1 ? "The key's fingerprint:" : "The keys' fingerprints:";
}

function keyCommands({ key, auth }: ClientSetup, release: ClientRelease | undefined): string {
  const folder = key.path.slice(0, key.path.lastIndexOf("/"));
  const isThere = folder === "/usr/share/keyrings" || release?.lacksKeyringsFolder === false;
  const login = auth === undefined ? [] : ["-u", /^login (.*)$/m.exec(auth.text)?.[1] ?? ""];
  return [
    ...(isThere ? [] : [`sudo mkdir -p -m 0755 ${folder}`]),
    formatWords(["sudo", "curl", "-fsSLo", key.path, ...login, key.url]),
  ].join("\n");
}

/** A file with a secret is closed before its text is in it. */
function writeFileCommand({ path, text, mode }: ClientFile): string {
  const closed = mode === 0o600 ? [`sudo install -m 0600 /dev/null ${path}`] : [];
  return [...closed, `sudo tee ${path} >/dev/null <<'END'`, `${text.trimEnd()}\nEND`].join("\n");
}
