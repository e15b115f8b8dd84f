import type { VenvdebError } from "../../errors.ts";
import type { PackageRecord } from "../types.ts";

/** A .deb that was read and found fit for a repository. */
export interface AdmittedPackage {
  /** Path on the publisher's machine. */
  readonly file: string;
  readonly name: string;
  readonly version: string;
  /** `all` too. */
  readonly architecture: string;
  /** Name of the source package; the package's own without a `Source` field. */
  readonly source: string;
  /** Bytes. */
  readonly size: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  /** Fields of its control file; names in any case. */
  readonly control: ReadonlyMap<string, string>;
  readonly details: PackageDetails;
}

/** What is inside of data.tar; each absent when it was not asked for. */
export interface PackageDetails {
  /** The newest entries of the Debian changelog; empty when it has none. */
  readonly changelog?: string;
  /** The CycloneDX document, JSON; empty when it has none. */
  readonly sbom?: string;
  /** Paths of its files and links without a leading slash, in byte order. */
  readonly files?: readonly string[];
}

export interface AdmitOptions {
  /** Packages and programs at work at one time. */
  readonly jobs: number;
  /** Whether to list the files. */
  readonly contents: boolean;
  /** Whether to read changelog and SBOM. This and `contents` cost a pass through data.tar. */
  readonly details?: boolean;
  /** What the repository has of a package: then its data.tar is not read for that again. */
  readonly known?: (sha256: string) => Promise<PackageRecord | undefined>;
  /** Whether the suite lists a package already: then its data.tar is not looked at. */
  readonly isListed?: (name: string, sha256: string) => boolean;
  /** Called with the number of packages that are done. */
  readonly onProgress?: (done: number) => void;
}

/** What became of one of several: its bytes, or why there are none. */
export type Unpacked = Uint8Array | VenvdebError;
