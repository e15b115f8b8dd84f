/** What a file system object takes, for Installed-Size: the kind, and bytes of a file or of a link's target. */
export interface SizedObject {
  readonly kind: "file" | "directory" | "symlink" | "other";
  readonly size: number;
}

/**
 * KiB as dpkg-gencontrol counts them (deb-substvars(5), Installed-Size): files and links rounded up to KiB, one for
 * every other object. The folder that the package is built in, `./`, is one of those.
 */
export function installedSizeOf(objects: Iterable<SizedObject>): number {
  let size = 0;
  for (const object of objects)
    size += object.kind === "file" || object.kind === "symlink" ? Math.ceil(object.size / 1024) : 1;
  return size;
}
