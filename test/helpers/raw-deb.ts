import { gzipSync } from "node:zlib";

/** One member of a hand-made tar; what is not given is ordinary. */
export interface RawMember {
  readonly name: string;
  readonly data?: string | Uint8Array;
  /** Type flag, `0` by default. */
  readonly type?: string;
  readonly target?: string;
  readonly mode?: number;
  /** What the header claims, where it lies. */
  readonly claims?: number;
}

/** A control file that nothing is wrong with. */
export const CONTROL_TEXT = `Package: hello
Version: 1.0-1
Architecture: all
Maintainer: Jane Doe <jane@example.org>
Description: greets
`;

/** An ar archive, byte by byte, so that it can be wrong in any way. */
export function rawAr(members: readonly (readonly [name: string, data: Uint8Array | string])[]): Buffer {
  const parts = members.flatMap(([name, content]) => {
    const data = Buffer.from(content);
    const header = `${name.padEnd(16)}0           0     0     100644  ${String(data.length).padEnd(10)}\`\n`;
    return [Buffer.from(header), data, Buffer.alloc(data.length % 2, "\n")];
  });
  return Buffer.concat([Buffer.from("!<arch>\n"), ...parts]);
}

export function rawTar(members: readonly RawMember[], end = true): Buffer {
  const parts = members.flatMap((member) => {
    const data = Buffer.from(member.data ?? "");
    return [rawHeader(member, data.length), data, Buffer.alloc((512 - (data.length % 512)) % 512)];
  });
  return Buffer.concat([...parts, Buffer.alloc(end ? 1024 : 0)]);
}

/** A package of two gzipped tars. */
export function rawDeb(control: readonly RawMember[], data: readonly RawMember[] = []): Buffer {
  return rawAr([
    ["debian-binary", "2.0\n"],
    ["control.tar.gz", gzipSync(rawTar(control))],
    ["data.tar.gz", gzipSync(rawTar(data))],
  ]);
}

function rawHeader(member: RawMember, size: number): Buffer {
  const { name, type = "0", target = "", mode = 0o644, claims = size } = member;
  const header = Buffer.alloc(512);
  header.write(name, 0, 100);
  header.write(`${mode.toString(8).padStart(7, "0")}\0`, 100);
  header.write("0000000\x000000000\0", 108);
  if (claims < 8 ** 11) header.write(`${claims.toString(8).padStart(11, "0")}\0`, 124);
  else {
    header[124] = 0x80;
    header.writeBigUInt64BE(BigInt(claims), 128);
  }
  header.write("07346545000\0        ", 136);
  header.write(type, 156);
  header.write(target, 157, 100);
  header.write("ustar\x0000root", 257);
  header.write("root", 297);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}
