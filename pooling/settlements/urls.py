"""Addresses of the usage log. A settlement that is not the asker's is not found."""

from django.urls import path

from pooling.settlements import views

app_name = "settlements"
urlpatterns = [
    path("usage/", views.log, name="log"),
    path("usage/<int:pk>/", views.why, name="why"),
]
