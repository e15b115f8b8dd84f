/** Python for a test's own build backend: `write_wheel` makes a wheel of texts by path, the same bytes each time. */
export const WRITE_WHEEL = `import base64, hashlib, os, zipfile

def write_wheel(directory, stem, files):
    def row(path, text):
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        return "%s,sha256=%s,%d\\n" % (path, digest, len(text.encode()))
    record = stem + ".dist-info/RECORD"
    rows = "".join(row(path, text) for path, text in files.items()) + record + ",,\\n"
    name = stem + "-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(directory, name), "w") as archive:
        for path, text in list(files.items()) + [(record, rows)]:
            archive.writestr(zipfile.ZipInfo(path, (2020, 1, 1, 0, 0, 0)), text)
    return name
`;
