"""A small admin site with one verb, to try the base of all acting admins on."""

from django import forms
from django.contrib.admin import AdminSite
from django.urls import path

from pooling.funds import services
from pooling.funds.models import PersonalAccount
from pooling.shared.admin import Act, ActAdmin
from portal.urls import urlpatterns as _portal


class CloseForm(forms.Form):
    on = forms.DateField(label="销户日期")


def close(account, *, on, by, at):
    services.close(personal_account_id=account.pk, on=on, by=by, at=at)


class AccountAdmin(ActAdmin):
    acts = {
        "close": Act(
            label="销户",
            call=close,
            permission="funds.view_contribution",
            done="已销户。",
            form=CloseForm,
            offered=lambda account: account.closed_on is None,
            grave=True,
        )
    }


site = AdminSite(name="acting")
site.register(PersonalAccount, AccountAdmin)
urlpatterns = [path("acting/", site.urls), *_portal]
