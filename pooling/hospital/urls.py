"""Addresses of pages about tills; what tills themselves call stands in the portal's own table."""

from django.urls import path

from pooling.hospital import views

app_name = "hospital"
urlpatterns = [path("sandbox/till/", views.simulator, name="simulator")]
