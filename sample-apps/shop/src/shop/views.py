from importlib.metadata import version

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from psycopg import pq

from shop.configuration import read_shipping
from shop.models import Cart, Product


def front(request: HttpRequest) -> HttpResponse:
    facts = {"title": settings.TITLE, "theme": settings.THEME, "products": Product.objects.all()}
    return render(request, "shop/front.html", facts)


@csrf_exempt
@require_POST
def open_cart(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"cart": Cart.objects.create().pk}, status=201)


def health(request: HttpRequest) -> JsonResponse:
    """Whether it can sell: the database answers, libpq is there."""
    return JsonResponse(
        {
            "version": version("shop"),
            "database": connection.vendor,
            "libpq": {"implementation": pq.__impl__, "version": pq.version()},
            "products": Product.objects.count(),
            "carts": Cart.objects.count(),
            "theme": settings.THEME["name"],
            "title": settings.TITLE,
            "shipping": read_shipping(),
        }
    )
