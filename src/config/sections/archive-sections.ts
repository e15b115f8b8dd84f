/** Sections of Debian's archive (Policy 2.4 and the archive's own list), each also in the other areas. */
const MAIN = [
  "admin cli-mono comm database debug devel doc editors education electronics embedded fonts",
  "games gnome gnu-r gnustep graphics hamradio haskell httpd interpreters introspection java javascript",
  "kde kernel libdevel libs lisp localization mail math metapackages misc net news",
  "ocaml oldlibs otherosfs perl php python raku ruby rust science shells sound",
  "tasks tex text utils vcs video virtual web x11 xfce zope",
].flatMap((line) => line.split(" "));

export const ARCHIVE_SECTIONS = ["", "contrib/", "non-free/"].flatMap((area) =>
  MAIN.map((name) => `${area}${name}`),
);
