"""Unpacks a source archive (tar of any compression, or zip): argument 1 into the empty folder, argument 2.

Only regular files, folders and links that stay inside are taken; anything else is refused. Modes become 0644 or 0755.
"""

import os
import shutil
import sys
import tarfile
import zipfile


def refuse(name, reason):
    sys.exit('it holds "{}": {}'.format(name, reason))


def place(folder, name):
    if name.startswith("/") or "\0" in name or ".." in name.split("/"):
        refuse(name, "it would be unpacked elsewhere")
    path = os.path.join(folder, name)
    parent = os.path.dirname(path)
    if os.path.realpath(parent) != parent and not os.path.realpath(parent).startswith(folder + os.sep):
        refuse(name, "it would be unpacked elsewhere")
    os.makedirs(parent, exist_ok=True)
    return path


def write(path, stream, executable):
    if os.path.islink(path):
        os.unlink(path)
    with open(path, "wb") as target:
        shutil.copyfileobj(stream, target, 1 << 20)
    os.chmod(path, 0o755 if executable else 0o644)


def unpack_tar(archive, folder):
    for member in archive:
        path = place(folder, member.name)
        if member.isdir():
            os.makedirs(path, exist_ok=True)
        elif member.isreg():
            write(path, archive.extractfile(member), member.mode & 0o100)
        elif member.issym():
            target = os.path.normpath(os.path.join(os.path.dirname(path), member.linkname))
            if os.path.isabs(member.linkname) or not target.startswith(folder + os.sep):
                refuse(member.name, "a link that leaves the archive")
            if not os.path.lexists(path):
                os.symlink(member.linkname, path)
        elif member.islnk():
            source = place(folder, member.linkname)
            if os.path.isfile(source) and not os.path.islink(source):
                with open(source, "rb") as stream:
                    write(path, stream, os.access(source, os.X_OK))
        else:
            refuse(member.name, "no file, folder or link")


def unpack_zip(archive, folder):
    for member in archive.infolist():
        path = place(folder, member.filename.rstrip("/"))
        if member.is_dir():
            os.makedirs(path, exist_ok=True)
        else:
            with archive.open(member) as stream:
                write(path, stream, (member.external_attr >> 16) & 0o100)


def main():
    source, folder = sys.argv[1], os.path.realpath(sys.argv[2])
    try:
        if zipfile.is_zipfile(source) and not source.endswith((".gz", ".bz2", ".xz", ".tgz")):
            with zipfile.ZipFile(source) as archive:
                unpack_zip(archive, folder)
        else:
            with tarfile.open(source) as archive:
                unpack_tar(archive, folder)
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, OSError) as error:
        sys.exit(str(error))


main()
