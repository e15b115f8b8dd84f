import { expect, test } from "vitest";
import { hintFromBuildLog } from "../../src/dependencies/build-hints.ts";

test.each([
  [
    "a header, by gcc",
    "./psycopg/psycopg.h:36:10: fatal error: libpq-fe.h: No such file or directory",
    "libpq-dev",
    "libpq-fe.h",
  ],
  ["a header, by clang", "a.c:1:10: fatal error: 'ffi.h' file not found", "libffi-dev", "ffi.h"],
  [
    "a header in a folder",
    "fatal error: libxml/xpath.h: No such file or directory",
    "libxml2-dev",
    "libxml/xpath.h",
  ],
  ["pg_config", "Error: pg_config executable not found.", "libpq-dev", "pg_config"],
  ["mysql_config, by the shell", "/bin/sh: 1: mysql_config: not found", "libmariadb-dev", "mysql_config"],
  [
    "a program, by Python",
    "FileNotFoundError: [Errno 2] No such file or directory: 'curl-config'",
    "libcurl4-openssl-dev",
    "curl-config",
  ],
  [
    "the compiler, by setuptools",
    "error: command 'x86_64-linux-gnu-gcc' failed: No such file or directory",
    "build-essential",
    "x86_64-linux-gnu-gcc",
  ],
  [
    "the compiler, by distutils",
    "unable to execute 'gcc': No such file or directory",
    "build-essential",
    "gcc",
  ],
  [
    "the compiler, by configure",
    "configure: error: no acceptable C compiler found in $PATH",
    "build-essential",
    "gcc",
  ],
  [
    "the compiler, by meson",
    "ERROR: Unknown compiler(s): [['cc'], ['gcc'], ['clang']]",
    "build-essential",
    "cc",
  ],
  ["the compiler, by cmake", "No CMAKE_CXX_COMPILER could be found.", "build-essential", "gcc"],
  [
    "Python.h of the compiling interpreter",
    "gcc -I/usr/include/python3.11 -c a.c\na.c:1:10: fatal error: Python.h: No such file or directory",
    "python3.11-dev",
    "Python.h",
  ],
  [
    "Python.h of an unknown one",
    "fatal error: Python.h: No such file or directory",
    "python3-dev",
    "Python.h",
  ],
  [
    "a module, by pkg-config 0.29",
    "Package xmlsec1 was not found in the pkg-config search path.",
    "libxmlsec1-dev",
    "xmlsec1",
  ],
  [
    "a module, by pkgconf",
    "Package 'cairo', required by 'virtual:world', not found",
    "libcairo2-dev",
    "cairo",
  ],
  ["a module, by configure", "No package 'dbus-1' found", "libdbus-1-dev", "dbus-1"],
  [
    "a module, by meson",
    '../meson.build:31:0: ERROR: Dependency "girepository-1.0" not found, tried pkgconfig and cmake',
    "libgirepository1.0-dev",
    "girepository-1.0",
  ],
  [
    "a library, by the linker",
    "/usr/bin/ld: cannot find -lldap: No such file or directory",
    "libldap-dev",
    "ldap",
  ],
  ["Rust", "error: can't find Rust compiler", "cargo", "cargo"],
  ["cargo", "Cargo, the Rust package manager, is not installed or is not on PATH.", "cargo", "cargo"],
  ["cmake", "CMake must be installed to build the following extensions", "cmake", "cmake"],
  ["Fortran", "ERROR: Unknown compiler(s): [['gfortran'], ['flang']]", "gfortran", "gfortran"],
])("%s", (_, log, debianPackage, missing) => {
  const hint = hintFromBuildLog(`Building wheel\n  ${log}\nerror: failed\n`);
  expect(hint).toBe(`apt-get install ${debianPackage} (the build misses ${missing})`);
});

test("several missing things are one command", () => {
  const log =
    "fatal error: lber.h: No such file or directory\nfatal error: sasl.h: No such file or directory\nfatal error: ldap.h: No such file or directory";
  expect(hintFromBuildLog(log)).toBe(
    "apt-get install libldap-dev libsasl2-dev (the build misses lber.h, sasl.h, ldap.h)",
  );
});

test("what may be optional counts only where nothing else is found, and then the last of it", () => {
  const optional = "Run-time dependency openblas found: NO\nRun-time dependency libffi found: NO\n";
  expect(hintFromBuildLog(optional)).toContain("libffi-dev");
  expect(hintFromBuildLog(`${optional}fatal error: zlib.h: No such file or directory`)).toBe(
    "apt-get install zlib1g-dev (the build misses zlib.h)",
  );
});

test.each([
  ["nothing", ""],
  ["an ordinary mistake", "SyntaxError: invalid syntax\nerror: subprocess-exited-with-error"],
  ["a header that nobody knows", "fatal error: my_own_header.h: No such file or directory"],
  ["a Python module", "ModuleNotFoundError: No module named 'numpy'"],
  ["a name of the language", "/bin/sh: 1: constructor: not found"],
])("%s has no hint", (_, log) => expect(hintFromBuildLog(log)).toBeUndefined());

test("a long log is read in no time", () => {
  const start = performance.now();
  hintFromBuildLog(
    `${"a".repeat(200_000)}\n${"x: y ".repeat(100_000)}\n${"Cargo ".repeat(50_000)}${"CMake ".repeat(50_000)}`,
  );
  expect(performance.now() - start).toBeLessThan(2000);
});
