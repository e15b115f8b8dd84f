"""What the machine's administrator, the package and other packages say of this shop."""

import os
import tomllib
from configparser import ConfigParser
from pathlib import Path

FOLDER = Path(os.environ.get("SHOP_CONFIGURATION", "/etc/shop"))
STATE = Path(os.environ.get("SHOP_STATE", "/var/lib/shop"))
LOGS = Path(os.environ.get("SHOP_LOGS", "/var/log/shop"))


def read_settings() -> ConfigParser:
    """shop.ini; without it everything has a default, so that the program runs from its sources too."""
    settings = ConfigParser(interpolation=None)
    settings.read_dict({"shop": {"title": "Teapots", "database": ""}, "theme": {"name": "plain", "colour": "white"}})
    settings.read(FOLDER / "shop.ini", encoding="utf-8")
    return settings


def read_shipping() -> dict[str, int]:
    try:
        text = (FOLDER / "shipping.toml").read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    return tomllib.loads(text)["countries"]


def read_secret() -> str:
    """Django's key, made at the first start: a package that many machines install can't bring one."""
    from secrets import token_urlsafe

    path = STATE / "secret-key"
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text(encoding="ascii")
