from django.db import migrations, models


def add_first_products(apps, schema_editor):
    product = apps.get_model("shop", "Product")
    product.objects.create(name="Teapot", price_in_cents=2490)
    product.objects.create(name="Cosy", price_in_cents=990)


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            "Product",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, unique=True)),
                ("price_in_cents", models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            "Cart",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("opened", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.RunPython(add_first_products, migrations.RunPython.noop),
    ]
