"""Addresses of a case's papers, as its member reaches them."""

from django.urls import path

from pooling.cases import views

_PAPERS = "cases/<slug:number>/proof/"
_PAPER = f"{_PAPERS}<int:document>/"

app_name = "cases"
urlpatterns = [
    path(_PAPERS, views.proof, name="proof"),
    path(f"{_PAPERS}hand-in/", views.hand_in, name="hand_in"),
    path(_PAPER, views.document, name="document"),
    path(f"{_PAPER}discard/", views.discard, name="discard"),
    path(f"{_PAPER}<int:page>/", views.page, name="page"),
    path(f"{_PAPER}<int:page>/remove/", views.remove, name="remove"),
]
