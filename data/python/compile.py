"""Compiles modules to bytecode that does not depend on anything but their source and their final path.

Standard input: one job a line, tab-separated hex: source, name in tracebacks, target. First argument: children at once.
One child is forked a file, from a parent whose memory is always the same: what marshal writes depends on what the
process has seen before. Files whose source can't be compiled are printed (their source path, hex), one a line.
Bytecode is unchecked and hash-based (PEP 552), so nothing at run time finds it stale or writes it anew.
"""

import binascii
import importlib._bootstrap_external as bootstrap
import importlib.util
import os
import sys
import warnings

UNCOMPILABLE = 3


def compile_one(line):
    source, name, target = (os.fsdecode(binascii.unhexlify(field)) for field in line.split(b"\t"))
    with open(source, "rb") as stream:
        data = stream.read()
    try:
        code = compile(data, name, "exec", dont_inherit=True, optimize=-1)
    except (SyntaxError, ValueError, UnicodeError, RecursionError, MemoryError, OverflowError):
        return UNCOMPILABLE
    packed = bootstrap._code_to_hash_pyc(code, importlib.util.source_hash(data), False)
    os.makedirs(os.path.dirname(target), mode=0o755, exist_ok=True)
    temporary = target + ".new"
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    with os.fdopen(handle, "wb") as stream:
        stream.write(packed)
    os.replace(temporary, target)
    return 0


def child(line):
    status = 1
    try:
        status = compile_one(line)
    finally:
        os._exit(status)


def main():
    warnings.simplefilter("ignore")
    lines = sys.stdin.buffer.read().split(b"\n")
    atonce = int(sys.argv[1])
    running = {}
    failed = False
    for line in lines:
        if not line:
            continue
        if len(running) >= atonce:
            failed |= finish(running)
        pid = os.fork()
        if pid == 0:
            child(line)
        running[pid] = line
    while running:
        failed |= finish(running)
    sys.exit(1 if failed else 0)


def finish(running):
    pid, status = os.wait()
    line = running.pop(pid)
    code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else 1
    if code == UNCOMPILABLE:
        sys.stdout.write(line.split(b"\t")[0].decode() + "\n")
    return code not in (0, UNCOMPILABLE)


main()
