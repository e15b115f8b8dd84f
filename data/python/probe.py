"""Prints the facts of the running interpreter as one JSON object. Runs isolated, needs nothing but the standard library."""

import json
import os
import platform
import struct
import sys
import sysconfig


def glibc_version():
    try:
        return os.confstr("CS_GNU_LIBC_VERSION").split()[-1]
    except (AttributeError, OSError, ValueError):
        return ""


def implementation_version():
    version = sys.implementation.version
    text = "{0.major}.{0.minor}.{0.micro}".format(version)
    return text if version.releaselevel == "final" else text + version.releaselevel[0] + str(version.serial)


def markers():
    return {
        "implementation_name": sys.implementation.name,
        "implementation_version": implementation_version(),
        "os_name": os.name,
        "platform_machine": platform.machine(),
        "platform_python_implementation": platform.python_implementation(),
        "platform_release": platform.release(),
        "platform_system": platform.system(),
        "platform_version": platform.version(),
        "python_full_version": platform.python_version(),
        "python_version": ".".join(platform.python_version_tuple()[:2]),
        "sys_platform": sys.platform,
    }


json.dump(
    {
        "full": platform.python_version(),
        "cacheTag": sys.implementation.cache_tag,
        "extensionSuffix": sysconfig.get_config_var("EXT_SUFFIX"),
        "multiarch": sysconfig.get_config_var("MULTIARCH") or "",
        "glibc": glibc_version(),
        "bits": struct.calcsize("P") * 8,
        "markers": markers(),
    },
    sys.stdout,
    sort_keys=True,
)
