"""What the window hands out on paper: a receipt, and the one notice of everything missing.

Set by typst as an archivable and accessible PDF (PDF/A-2a and PDF/UA-1) in the font that comes
along. A name the font has no glyph for is no reason to send anybody home: then the same sheet
is made without the two standards, which demand every glyph.
"""

import io
import json
from functools import lru_cache
from pathlib import Path

import segno
import typst
from django.conf import settings
from django.http import HttpResponse
from django.template.defaultfilters import date as format_date
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from pooling.cases import materials
from pooling.cases import selectors as cases
from pooling.cases.models import Case, Receipt
from pooling.counter import selectors, wording
from pooling.counter.code_papers import ENDS
from pooling.shared.masks import mask_name
from pooling.shared.periods import business_date

SHEETS = Path(__file__).parent / "data"


def receipt(case: Case, *, address: str, at, printed: Receipt | None = None) -> bytes:
    """Return the receipt of a case as PDF; `address` is where its state can be checked.

    `printed` is the printing counted at the window; a member's own copy is none.
    """
    rows = [
        (_("事项"), _matter(case)),
        (_("申请人"), mask_name(case.member.name)),
        *_agent_row(case),
        (_("受理时间"), _moment(case.submitted_at or case.opened_at)),
        (_("打印时的状态"), case.get_state_display()),
        *_deadline_row(case),
        *_decision_rows(case),
    ]
    lines = [
        _("请妥善保管本回执。扫下面的二维码，或打开所附网址，可以随时查看这件事现在的状态。"),
        _("办结后还会用站内消息通知您。对结果有疑问，可凭本回执到窗口或拨打服务热线查询。"),
        *_promise_lines(case),
    ]
    return _print(
        case,
        title=_("受理回执"),
        opening=_("您申请办理的事项，我们已经受理，情况如下。"),
        rows=rows,
        items=_seen(case),
        items_word=_("已核对的原件（当场退还）："),
        lines=lines,
        address=address,
        at=at,
        edition=_("第 %(n)s 次打印") % {"n": printed.number} if printed else _("本人自行打印"),
        sheet="roll" if printed and printed.paper == Receipt.Paper.ROLL else "paper",
    )


def notice(case: Case, *, address: str, at) -> bytes:
    """Return the one-off notice of missing materials as PDF."""
    rows = [
        (_("事项"), _matter(case)),
        (_("申请人"), mask_name(case.member.name)),
        *_agent_row(case),
        *_deadline_row(case),
    ]
    lines = [
        _("以上是需要补充的全部材料，一次告知。"),
        _("可以带原件到窗口，也可以登录本网站拍照上传。材料不收费，原件当场退还。"),
    ]
    if case.due_at is not None:
        lines.append(_("到期没有补交，这件申请会自动结束；材料齐全后可以随时重新申请。"))
    return _print(
        case,
        title=_("补正材料一次性告知书"),
        opening=_("您申请办理的事项还缺下列材料。"),
        rows=rows,
        items=materials.words(selectors.missing(case, at)),
        items_word=_("需要补充的材料："),
        lines=lines,
        address=address,
        at=at,
    )


def address(request, case) -> str:
    """Return where the state of a case can be checked, as printed on paper."""
    return request.build_absolute_uri(reverse("check_receipt", args=[case.check_code]))


def as_pdf(paper: bytes, case, name: str) -> HttpResponse:
    """Return a sheet to be shown or printed, kept by nobody on the way."""
    response = HttpResponse(paper, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{case.number}-{name}.pdf"'
    response["Cache-Control"] = "no-store, private"
    return response


def _print(
    case: Case,
    *,
    title,
    opening,
    rows,
    items,
    items_word,
    lines,
    address,
    at,
    edition: str = "",
    sheet: str = "paper",
) -> bytes:
    day = business_date(at)
    english = get_language() == "en"
    return _compiled(
        {
            "lang": "en" if english else "zh",
            "region": "gb" if english else "cn",
            "title": title,
            "office": _("医保家庭共济经办窗口"),
            "number_word": _("件号"),
            "number": case.number,
            "opening": opening,
            "rows": [[str(word), str(value)] for word, value in rows],
            "items": items,
            "items_word": items_word,
            "lines": lines,
            "qr": _code(address),
            "qr_word": _("扫码查看现在的状态，不用登录，不显示个人信息。"),
            "address": address,
            "signed": _("经办机构（盖章）"),
            "printed": _("打印于 %(moment)s") % {"moment": _moment(at)},
            "edition": edition,
            "foot": _("服务热线 %(hotline)s。本单据由系统生成，以扫码查到的状态为准。")
            % {"hotline": settings.HOTLINE},
            "day": [day.year, day.month, day.day],
        },
        sheet,
    )


def _compiled(values: dict, sheet: str = "paper") -> bytes:
    inputs = {"d": json.dumps(values, ensure_ascii=False)}
    try:
        return _press(sheet).compile(
            format="pdf", sys_inputs=inputs, pdf_standards=["a-2a", "ua-1"]
        )
    except typst.TypstError:
        return _press(sheet).compile(format="pdf", sys_inputs=inputs)


@lru_cache
def _press(sheet: str) -> typst.Compiler:
    """Return the compiler: made once in a process, for it reads ten megabytes of font."""
    return typst.Compiler(
        str(SHEETS / f"{sheet}.typ"),
        root=str(SHEETS),
        font_paths=[str(settings.FONTS)],
        ignore_system_fonts=True,
    )


def _code(address: str) -> str:
    drawn = io.BytesIO()
    segno.make(address, error="m").save(drawn, kind="svg", border=2, xmldecl=False)
    return drawn.getvalue().decode()


def _matter(case: Case) -> str:
    """Return what the case is for; about a code, whether to begin or to end."""
    if case.kind not in selectors.CODES:
        return case.get_kind_display()
    return str(wording.WANTS[cases.opened(case)["want"]])


def _seen(case: Case) -> list[str]:
    return materials.words(cases.originals_of(case.pk))


def _agent_row(case: Case):
    agent = selectors.agent_of(case, open=False)
    return [(_("代办人"), agent[0])] if agent else []


def _deadline_row(case: Case):
    if case.state not in (Case.State.WAITING, Case.State.MORE) or case.due_at is None:
        return []
    word = _("补交期限") if case.state == Case.State.MORE else _("最晚答复")
    return [(word, format_date(localtime(case.due_at), "DATE_FORMAT"))]


def _promise_lines(case: Case):
    """Say how the promised day is counted, and which of the two doors this is."""
    if case.state == Case.State.WAITING:
        yield _("最晚答复日按工作日计算，周六、周日不算。")
    if case.kind == Case.Kind.BIND:
        yield _(
            "本件办理的是家庭共济：付钱，不出示码。要在手机上出示家人的医保码，"
            "请在“我的医保码”里办亲情账户；亲情账户不付钱。"
        )
    if case.kind == Case.Kind.PREMIUM and case.decided_at is None:
        yield _(
            "审核通过后，从申请人的个人账户支付，转到申请人的银行账户；在那以前不动任何钱。"
            "不想报销了，可以在网上撤回。"
        )
    if case.kind in selectors.CODES and cases.opened(case)["want"] not in ENDS:
        yield _(
            "本件办理的是出示医保码，不付钱。要用家人的钱付看病的费用，请另办家庭共济。"
            "不想再让人出示时，随时可以到窗口或在“我的医保码”里停用、移除，当场生效。"
        )


def _decision_rows(case: Case):
    if case.decided_at is None:
        return []
    rows = [(_("办结时间"), _moment(case.decided_at))]
    if case.decided_by_rule:
        rows.append((_("依据规则"), wording.rule(case.decided_by_rule)))
    return rows


def _moment(at) -> str:
    return f"{format_date(localtime(at), 'DATE_FORMAT')} {localtime(at):%H:%M}"
