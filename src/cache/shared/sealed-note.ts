import { createHash, createHmac } from "node:crypto";
import type { NoteKind } from "../store.ts";

/**
 * Notes as a shared place has them: under a name and after a seal that both hang on what they are about, so that one can't
 * stand for another. With a secret, names and seals are HMACs (RFC 2104): who does not know it can neither write a note
 * that is believed nor find out what one is about.
 */
export interface NoteSeal {
  /** Relative path. */
  readonly pathOf: (kind: NoteKind, key: string) => string;
  readonly seal: (kind: NoteKind, key: string, value: unknown) => Buffer;
  /** @throws Error when it is not what was sealed for this key */
  readonly open: (kind: NoteKind, key: string, bytes: Buffer) => unknown;
}

export function createNoteSeal(secret: string | undefined): NoteSeal {
  const digest = (...parts: readonly string[]): string => {
    const hash = secret === undefined ? createHash("sha256") : createHmac("sha256", secret);
    return hash.update(parts.join("\n")).digest("hex");
  };
  const sealOf = (kind: NoteKind, key: string, text: string) => digest("note", kind, key, text);
  return {
    pathOf: (kind, key) => {
      const name = digest("name", kind, key);
      return `${kind}s/${name.slice(0, 2)}/${name}`;
    },
    seal: (kind, key, value) => {
      const text = JSON.stringify(value);
      return Buffer.from(`${sealOf(kind, key, text)}\n${text}`);
    },
    open: (kind, key, bytes) => {
      const text = bytes.toString("utf8", SEAL_SIZE + 1);
      // Nobody can try seals one after the other: each build asks once, so their comparison need not take equal time.
      if (bytes.toString("latin1", 0, SEAL_SIZE) !== sealOf(kind, key, text))
        throw new Error(`it has a note that is damaged, or sealed with another key`);
      return JSON.parse(text);
    },
  };
}

const SEAL_SIZE = 64;
