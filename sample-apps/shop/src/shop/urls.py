from django.urls import path

from shop import views

urlpatterns = [
    path("", views.front),
    path("carts", views.open_cart),
    path("health", views.health),
]
