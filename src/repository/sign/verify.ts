import type { Key, SignaturePacket } from "openpgp";
import { messageOf } from "../../errors.ts";
import type { RepositoryKey } from "../types.ts";
import { renderCleartext, signatureBlocks } from "./cleartext.ts";
import { STRONG } from "./key-facts.ts";
import { armorPackets, fingerprintOf, LENIENT, loadOpenpgp } from "./openpgp.ts";

/** `inline`: over the lines of a text, as below a cleartext document. `detached`: over its bytes. */
export type SignatureMode = "inline" | "detached";

/** One signature, looked at. */
export interface CheckedSignature {
  /** Of the primary key whose certificate it fits; nothing for a stranger's. */
  readonly fingerprint?: string;
  /** Upper case, as in the header `Hash`. */
  readonly hash: string;
  /** The packet. */
  readonly bytes: Uint8Array;
  /** Why it is not to be published or trusted. */
  readonly problem?: string;
}

/**
 * Checks every signature in armoured blocks against the text and the certificates; never throws for a bad one. Good is
 * what gpgv 2.2 and sqv both take: version 4, SHA-256 or longer, made by a certificate's key while that was valid.
 */
export async function checkSignatures(
  text: string,
  armoured: string,
  mode: SignatureMode,
  keys: readonly RepositoryKey[],
): Promise<CheckedSignature[]> {
  const { readKey } = await loadOpenpgp();
  const certificates = await Promise.all(
    keys.map(({ certificate }) => readKey({ armoredKey: certificate, config: LENIENT })),
  );
  const packets = (await Promise.all(signatureBlocks(armoured).map(readBlock))).flat();
  return Promise.all(packets.map(async (packet) => checkPacket(text, packet, mode, certificates)));
}

/** Nothing stands for what cannot be read. */
async function readBlock(armoredSignature: string): Promise<(SignaturePacket | undefined)[]> {
  const { readSignature, SignaturePacket: Packet } = await loadOpenpgp();
  try {
    const { packets } = await readSignature({ armoredSignature });
    return [...packets].map((packet) => (packet instanceof Packet ? packet : undefined));
  } catch {
    return [undefined];
  }
}

async function checkPacket(
  text: string,
  packet: SignaturePacket | undefined,
  mode: SignatureMode,
  certificates: readonly Key[],
): Promise<CheckedSignature> {
  if (packet === undefined)
    return {
      hash: "",
      bytes: new Uint8Array(),
      problem: "it is of a form that apt does not read (wanted: version 4)",
    };
  const { enums } = await loadOpenpgp();
  const certificate = certificates.find((key) => key.getKeys(packet.issuerKeyID).length > 0);
  const hash =
    packet.hashAlgorithm === null ? "" : enums.read(enums.hash, packet.hashAlgorithm).toUpperCase();
  const bytes = await packetBytes(packet);
  if (certificate === undefined)
    return { hash, bytes, problem: `it is of another key, ${packet.issuerKeyID.toHex().toUpperCase()}` };
  const problem =
    (await formProblem(packet, mode, hash)) ??
    (await cryptoProblem(text, { hash, bytes }, mode, certificate));
  return {
    fingerprint: fingerprintOf(certificate),
    hash,
    bytes,
    ...(problem === undefined ? {} : { problem }),
  };
}

async function packetBytes(packet: SignaturePacket): Promise<Uint8Array> {
  const { PacketList, Signature } = await loadOpenpgp();
  const list = new PacketList<SignaturePacket>();
  list.push(packet);
  const bytes = new Signature(list).write();
  if (bytes instanceof Uint8Array) return bytes;
  throw new Error("A signature that was read whole is written as a stream");
}

async function formProblem(
  packet: SignaturePacket,
  mode: SignatureMode,
  hash: string,
): Promise<string | undefined> {
  const { enums } = await loadOpenpgp();
  if (packet.version !== 4) return `it is of version ${packet.version} (wanted: 4)`;
  if (!STRONG.has(packet.hashAlgorithm ?? 0)) return `it is made with ${hash} (wanted: SHA-256 or SHA-512)`;
  const wanted = mode === "inline" ? enums.signature.text : enums.signature.binary;
  if (packet.signatureType === wanted) return undefined;
  return mode === "inline"
    ? "it is over bytes (wanted: over text, as gpg --clearsign makes it)"
    : "it is over text (wanted: over bytes, as gpg --detach-sign makes it)";
}

async function cryptoProblem(
  text: string,
  { hash, bytes }: Pick<CheckedSignature, "hash" | "bytes">,
  mode: SignatureMode,
  verificationKeys: Key,
): Promise<string | undefined> {
  const { verify, readCleartextMessage, createMessage, readSignature } = await loadOpenpgp();
  const armoured = await armorSignatures([bytes]);
  const options = { verificationKeys, config: LENIENT };
  const { signatures } =
    mode === "inline"
      ? await verify({
          ...options,
          message: await readCleartextMessage({
            cleartextMessage: renderCleartext({ text, signature: armoured }, [hash]),
          }),
        })
      : await verify({
          ...options,
          message: await createMessage({ binary: Buffer.from(text) }),
          signature: await readSignature({ armoredSignature: armoured }),
        });
  const [signature] = signatures;
  if (signature === undefined) return "it cannot be checked";
  return signature.verified.then(
    () => undefined,
    (error: unknown) => messageOf(error),
  );
}

/** One armoured block of signature packets: apt and gpgv read them all. */
export async function armorSignatures(packets: readonly Uint8Array[]): Promise<string> {
  const { enums } = await loadOpenpgp();
  return armorPackets(enums.armor.signature, packets);
}
