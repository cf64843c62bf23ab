"""Addresses about wallets and family funds; everybody has at most one of each."""

from django.urls import path

from pooling.funds.views import fund, wallet

app_name = "funds"
urlpatterns = [
    path("wallet/", wallet.wallet, name="wallet"),
    path("wallet/open/", wallet.open_wallet, name="open_wallet"),
    path("wallet/place/", wallet.place, name="place"),
    path("wallet/close/", wallet.close, name="close_wallet"),
    path("wallet/send/<slug:source>/", wallet.send, name="send"),
    path("wallet/transfer/<int:pk>/<slug:verb>/", wallet.answer, name="answer_transfer"),
    path("fund/", fund.fund, name="fund"),
    path("fund/found/", fund.found, name="found"),
    path("fund/invite/", fund.invite, name="invite"),
    path("fund/pay-in/", fund.pay_in, name="pay_in"),
    path("fund/close/", fund.close, name="close_fund"),
    path("fund/leave/<int:member_id>/", fund.leave, name="leave"),
    path("fund/order/<int:member_id>/<int:place>/", fund.order, name="order"),
    path("fund/invitation/<int:pk>/<slug:verb>/", fund.answer, name="answer_invitation"),
]
