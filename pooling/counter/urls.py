"""Addresses outside the admin: checking a receipt, and a member's own receipt."""

from django.urls import path

from pooling.counter import views

urlpatterns = [
    path("r/<slug:code>/", views.check, name="check_receipt"),
    path("cases/<slug:number>/receipt/", views.my_receipt, name="my_receipt"),
]
