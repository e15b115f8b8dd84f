"""One page."""

from html import escape


def page(customer):
    return f"<h1>{escape(customer)}</h1>"


def main():
    print(page("everybody"))
