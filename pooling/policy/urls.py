"""Addresses of the rules, open to everybody."""

from django.urls import path

from pooling.policy import views

app_name = "policy"
urlpatterns = [
    path("rules/", views.areas, name="areas"),
    path("rules/<slug:code>/", views.rules, name="rules"),
]
