"""Addresses about authorisations. Drafts go by their case number, which is no secret."""

from django.urls import path

from pooling.bindings.views import applying, beforehand, family, quotas

app_name = "bindings"
urlpatterns = [
    path("can/bind/", beforehand.can_bind, name="can_bind"),
    path("bind/", applying.start, name="start"),
    path("bind/<slug:number>/relation/", applying.relation, name="relation"),
    path("bind/<slug:number>/person/", applying.person, name="person"),
    path("bind/<slug:number>/limits/", applying.limits, name="limits"),
    path("bind/<slug:number>/sign/", applying.sign, name="sign"),
    path("bind/<slug:number>/check/", applying.check, name="check"),
    path("cases/<slug:number>/", applying.case, name="case"),
    path("family/", family.family, name="family"),
    path("family/overall/", family.overall, name="overall"),
    path("family/asker/<int:member_id>/<slug:verb>/", family.block, name="block"),
    path("family/<int:pk>/", family.binding, name="binding"),
    path("family/<int:pk>/release/", family.release, name="release"),
    path("family/<int:pk>/quota/<slug:way>/", quotas.quota, name="quota"),
    path("family/<int:pk>/limits/", family.change_limits, name="change_limits"),
    path("family/<int:pk>/rank/<int:place>/", family.rank, name="rank"),
    path("family/<int:pk>/<slug:verb>/", family.press, name="press"),
]
