from django.db import models


class Product(models.Model):
    name = models.CharField(max_length=100, unique=True)
    price_in_cents = models.PositiveIntegerField()
    # A default of the database: a shop of the version before, which does not know it, still adds products.
    stock = models.PositiveIntegerField(db_default=0)


class Cart(models.Model):
    opened = models.DateTimeField(auto_now_add=True)
