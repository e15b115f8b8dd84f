"""Compiles modules to bytecode that does not depend on anything but their source, their final path and their batch.

Standard input: batches, an empty line between two; one job a line, tab-separated hex: source, name in tracebacks,
target. First argument: children at once.
What marshal writes depends on what the process has seen before. So each batch gets a child of its own, forked from a
parent whose memory is always the same, and works its jobs off in their order: the same batch gives the same bytes,
whatever else is compiled and however many children there are.
The sources that can't be compiled are printed (path, hex), one a line.
Bytecode is unchecked and hash-based (PEP 552), so nothing at run time finds it stale or writes it anew.
"""

import binascii
import gc
import importlib._bootstrap_external as bootstrap
import importlib.util
import os
import sys
import warnings


def main():
    warnings.simplefilter("ignore")
    # Code objects have no cycles; and a collection would write to every page that parent and child share.
    gc.disable()
    batches = [batch.splitlines() for batch in sys.stdin.buffer.read().split(b"\n\n")]
    run(batches, int(sys.argv[1]))
    for line in (line for batch in batches for line in batch):
        source, _, target = line.split(b"\t")
        if not os.path.lexists(binascii.unhexlify(target)):
            print(source.decode())


def run(batches, atonce):
    running = 0
    failed = False
    for batch in batches:
        if running == atonce:
            failed |= os.wait()[1] != 0
            running -= 1
        if os.fork() == 0:
            child(batch)
        running += 1
    for _ in range(running):
        failed |= os.wait()[1] != 0
    if failed:
        sys.exit(1)


def child(batch):
    status = 1
    try:
        for line in batch:
            compile_one(*(os.fsdecode(binascii.unhexlify(field)) for field in line.split(b"\t")))
        status = 0
    except Exception as error:
        sys.stderr.write("{}: {}\n".format(type(error).__name__, error))
        sys.stderr.flush()
    finally:
        os._exit(status)


def compile_one(source, name, target):
    with open(source, "rb") as stream:
        data = stream.read()
    try:
        code = compile(data, name, "exec", dont_inherit=True, optimize=-1)
    except (SyntaxError, ValueError, UnicodeError, RecursionError, MemoryError, OverflowError):
        return
    packed = bootstrap._code_to_hash_pyc(code, importlib.util.source_hash(data), False)
    try:
        handle = create(target)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(target), mode=0o755, exist_ok=True)
        handle = create(target)
    with os.fdopen(handle, "wb") as stream:
        stream.write(packed)


def create(path):
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)


main()
