from django.urls import path

from pooling.notices import views

app_name = "notices"
urlpatterns = [path("inbox/", views.inbox, name="inbox")]
