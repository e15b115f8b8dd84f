import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkPackage, type Finding } from "../../src/check/check.ts";
import type { Host } from "../../src/effects/host.ts";
import { CONTROL_TEXT, rawDeb, type RawMember } from "./raw-deb.ts";
import { tempFiles } from "./temp-files.ts";

/** A package made byte by byte, since our own writer refuses most of what a check looks for. */
export interface RawPackage {
  readonly control?: string;
  /** The whole line; right when it is not given. */
  readonly installedSize?: string;
  /** Further members of control.tar; md5sums is right when it is not given. */
  readonly files?: Readonly<Record<string, string>>;
  readonly data?: readonly RawMember[];
}

export async function checkRaw(host: Host, contents: RawPackage): Promise<Finding[]> {
  const { control = CONTROL_TEXT, installedSize, files = {}, data = [] } = contents;
  const size = data.reduce((sum, { data: content = "" }) => sum + Math.ceil(content.length / 1024), 1);
  const text = `${control}${installedSize ?? `Installed-Size: ${size}\n`}`;
  const members = { control: text, md5sums: md5sumsOf(data), ...files };
  const path = join(await tempFiles(), "x.deb");
  const controlMembers = Object.entries(members).map(([name, content]) => ({
    name: `./${name}`,
    data: content,
  }));
  writeFileSync(path, rawDeb(controlMembers, data));
  return checkPackage(path, { host });
}

export async function codes(host: Host, contents: RawPackage): Promise<string[]> {
  return (await checkRaw(host, contents)).map(({ code }) => code);
}

export function folders(...paths: string[]): RawMember[] {
  return paths.map((path) => ({ name: `./${path}/`, type: "5", mode: 0o755 }));
}

/** Members below /opt, with its folder. */
export function opt(...members: RawMember[]): RawMember[] {
  return [...folders("opt"), ...members.map(below("./opt"))];
}

/** Members below /opt/hello, with its folders. */
export function inHello(...members: RawMember[]): RawMember[] {
  return [...folders("opt", "opt/hello"), ...members.map(below("./opt/hello"))];
}

export function etc(name: string): RawMember[] {
  return [...folders("etc"), { name: `./etc/${name}` }];
}

function below(folder: string): (member: RawMember) => RawMember {
  return (member) => ({ ...member, name: `${folder}/${member.name}` });
}

function md5sumsOf(data: readonly RawMember[]): string {
  return data
    .filter(({ type = "0" }) => type === "0")
    .map(({ name, data: content = "" }) => [createHash("md5").update(content).digest("hex"), name.slice(2)])
    .map((row) => `${row.join("  ")}\n`)
    .join("");
}
