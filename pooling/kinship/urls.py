from django.urls import path

from pooling.kinship import views

app_name = "care"
urlpatterns = [
    path("credential/", views.mine, name="mine"),
    path("credential/add/", views.add, name="add"),
    path("credential/keys.json", views.keys, name="keys"),
    path("credential/<int:link_id>/", views.relative, name="relative"),
]
