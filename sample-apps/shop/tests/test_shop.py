"""python -m unittest discover sample-apps/shop/tests, in an environment that has the shop."""

import os
import tempfile
import unittest
from pathlib import Path

FOLDER = Path(tempfile.mkdtemp(prefix="shop-"))
(FOLDER / "shop.ini").write_text("[shop]\ntitle = Pots\n[theme]\nname = dark\ncolour = black\n")
(FOLDER / "shipping.toml").write_text("[countries]\nDE = 1\n")
for name in ("CONFIGURATION", "STATE", "LOGS"):
    os.environ[f"SHOP_{name}"] = str(FOLDER)
os.environ["DJANGO_SETTINGS_MODULE"] = "shop.settings"

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402

from shop.models import Cart  # noqa: E402


class ShopTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        call_command("migrate", verbosity=0)

    def test_models_and_migrations_agree(self) -> None:
        call_command("makemigrations", check=True, dry_run=True, verbosity=0)
        call_command("check", fail_level="WARNING")

    def test_front_page_has_the_products_in_the_theme(self) -> None:
        page = Client().get("/").content.decode()
        self.assertIn("<h1>Pots</h1>", page)
        self.assertIn("background: black", page)
        self.assertIn("Teapot: 2490 ct, 0 in stock", page)

    def test_health_tells_what_it_works_with(self) -> None:
        facts = Client().get("/health").json()
        self.assertEqual(facts["database"], "sqlite")
        self.assertEqual(facts["libpq"]["implementation"], "c")
        self.assertEqual(facts["shipping"], {"DE": 1})

    def test_old_carts_are_thrown_away(self) -> None:
        cart = Client().post("/carts").json()["cart"]
        Cart.objects.filter(pk=cart).update(opened="2020-01-01T00:00:00Z")
        call_command("tidy_carts")
        self.assertFalse(Cart.objects.filter(pk=cart).exists())
        self.assertIn("1 carts thrown away", (FOLDER / "tidy.log").read_text())

    def test_the_version_before_still_adds_products(self) -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO shop_product (name, price_in_cents) VALUES ('Sieve', 190)")


if __name__ == "__main__":
    unittest.main()
