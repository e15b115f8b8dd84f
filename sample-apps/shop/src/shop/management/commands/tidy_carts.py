from datetime import timedelta

from django.core.management.base import BaseCommand
from django.utils import timezone

from shop.configuration import LOGS
from shop.models import Cart


class Command(BaseCommand):
    help = "Throws carts away that nobody has come back to for a day."

    def handle(self, **options) -> None:
        now = timezone.now()
        gone, _ = Cart.objects.filter(opened__lt=now - timedelta(days=1)).delete()
        with open(LOGS / "tidy.log", "a", encoding="utf-8") as log:
            log.write(f"{now:%Y-%m-%dT%H:%M:%SZ} {gone} carts thrown away\n")
