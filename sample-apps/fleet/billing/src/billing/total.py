"""Adds up amounts of money without losing a cent."""

import sys
from decimal import Decimal
from importlib.metadata import version


def total(amounts):
    return sum((Decimal(amount) for amount in amounts), Decimal("0.00"))


def main():
    if sys.argv[1:] == ["--version"]:
        print(version("billing"))
    else:
        print(total(sys.argv[1:]))
