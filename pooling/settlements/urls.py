"""Addresses of the usage log and of asking beforehand. What is not the asker's is not found."""

from django.urls import path

from pooling.settlements import views

app_name = "settlements"
urlpatterns = [
    path("can/pay/", views.can_pay, name="can_pay"),
    path("can/pay/mine/", views.estimate, name="estimate"),
    path("premiums/", views.premiums, name="premiums"),
    path("premiums/claim/", views.claim_premium, name="claim_premium"),
    path("usage/", views.log, name="log"),
    path("usage/export/", views.export, name="export"),
    path("usage/export.csv", views.export_file, {"kind": "csv"}, name="export_csv"),
    path("usage/export.xlsx", views.export_file, {"kind": "xlsx"}, name="export_xlsx"),
    path("usage/<uuid:uid>/", views.why, name="why"),
]
