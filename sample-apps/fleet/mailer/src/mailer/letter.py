"""Fills in a letter."""

import sys

from jinja2 import Template

LETTER = Template("Dear {{ name }}, you owe {{ amount }}.")


def main():
    name, amount = sys.argv[1:3]
    print(LETTER.render(name=name, amount=amount))
