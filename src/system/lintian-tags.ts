/** Tags of lintian(1) that fire for what this kind of package is, with the reason that the package gives. */
export interface ExpectedTags {
  readonly reason: string;
  readonly tags: readonly ExpectedTag[];
}

export interface ExpectedTag {
  readonly name: string;
  /** Matches the files that the tag can be about; absent: any. */
  readonly files?: RegExp;
}

const WEB_PAGE = /\.(?:html?|xhtml|svg|js|xml|tmpl|j2|jinja2?)$/i;

/** Of every environment. */
export const ENVIRONMENT_TAGS: readonly ExpectedTags[] = [
  {
    reason:
      "The folder is root's, so bytecode must be there already; it is listed, and removed with its modules.",
    tags: [{ name: "package-installs-python-pycache-dir", files: /\.pyc$/ }],
  },
  {
    reason:
      "Python files run on the environment's own bin/python, that is on the python3.X that the package depends on.",
    tags: [
      { name: "python3-script-but-no-python3-dep" },
      { name: "wrong-path-for-interpreter" },
      { name: "script-not-executable" },
    ],
  },
  {
    reason: "Files of other projects are shipped as they were published, so that their checksums stay true.",
    tags: [
      { name: "executable-not-elf-or-script" },
      { name: "incorrect-path-for-interpreter" },
      { name: "interpreter-not-absolute" },
      { name: "missing-dep-for-interpreter" },
      { name: "unusual-interpreter" },
      { name: "national-encoding" },
      { name: "csh-considered-harmful", files: /csh/ },
      { name: "shell-script-fails-syntax-check", files: /(?:\.sh|\/[^./]+)$/ },
      { name: "broken-gz", files: /\.(?:gz|tgz|svgz)$/i },
      { name: "package-contains-timestamped-gzip", files: /\.(?:gz|tgz|svgz)$/i },
      { name: "package-contains-vcs-control-file", files: /\/\.(?:git|hg|svn|bzr|cvs)/i },
      { name: "package-contains-python-coverage-file", files: /\.coverage/ },
      { name: "package-contains-python-doctree-file", files: /\.doctree$/ },
      { name: "windows-thumbnail-database-in-package", files: /thumbs\.db$/i },
      { name: "duplicate-font-file", files: /\.(?:ttf|otf|pf[ab])$/i },
      { name: "font-in-non-font-package", files: /\.(?:ttf|otf|pf[ab])$/i },
      { name: "embedded-javascript-library", files: /\.js(?:\.gz)?$/i },
      { name: "privacy-breach-donation", files: WEB_PAGE },
      { name: "privacy-breach-facebook", files: WEB_PAGE },
      { name: "privacy-breach-generic", files: WEB_PAGE },
      { name: "privacy-breach-google-adsense", files: WEB_PAGE },
      { name: "privacy-breach-logo", files: WEB_PAGE },
      { name: "privacy-breach-uses-embedded-file", files: WEB_PAGE },
    ],
  },
];

/** Of environments with machine code. */
export const OBJECT_TAGS: readonly ExpectedTags[] = [
  {
    reason:
      "Machine code of wheels is shipped as it was published: it is patched, and breaks when it is stripped or relinked.",
    tags: [
      { name: "custom-library-search-path" },
      { name: "embedded-library" },
      { name: "hardening-no-pie" },
      { name: "hardening-no-relro" },
      { name: "library-not-linked-against-libc" },
      { name: "shared-library-is-executable" },
      { name: "shared-library-lacks-prerequisites" },
      { name: "shared-library-lacks-stack-section" },
      { name: "shlib-with-executable-stack" },
      { name: "statically-linked-binary" },
      { name: "unstripped-binary-or-object" },
      { name: "unstripped-static-library", files: /\.a$/ },
    ],
  },
];
