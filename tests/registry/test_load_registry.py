"""`manage.py load_registry`: good rows in, bad rows named, the same folder twice the same."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Enrolment, Institution, Member
from pooling.registry import files, services
from tests import build

pytestmark = pytest.mark.django_db

WEI = build.cert_no("1988-03-05", "1")
XIU = build.cert_no("1990-07-09", "2")


def write(folder, name, *lines, encoding="utf-8"):
    content = "\n".join([",".join(files.COLUMNS[name]), *lines, ""])
    (folder / name).write_bytes(content.encode(encoding))


def load(folder, *options):
    out = StringIO()
    call_command("load_registry", str(folder), *options, stdout=out)
    return out.getvalue()


@pytest.fixture
def folder(tmp_path):
    write(
        tmp_path,
        "members.csv",
        f"P-WEI,王伟,01,{WEI},1988-03-05,1,10012340001,",
        f"P-XIU,李秀英,01,{XIU.lower()},1990-07-09,2,,",
    )
    write(tmp_path, "enrolments.csv", "P-WEI,310,361100,11,1,2020-01-01,,上饶机务段")
    write(tmp_path, "institutions.csv", "H36110000001,信州区人民医院,361100,1,hospital")
    return tmp_path


def test_a_folder_is_loaded_and_counted(folder):
    said = load(folder)
    assert "members.csv：新增 2，更正 0，未变 0，拒绝 0" in said
    assert "enrolments.csv：新增 1，更正 0，未变 0，拒绝 0" in said
    assert "institutions.csv：新增 1，更正 0，未变 0，拒绝 0" in said
    assert Member.objects.get(psn_no="P-XIU").name == "李秀英"


def test_loading_the_same_folder_twice_changes_nothing(folder):
    load(folder)
    said = load(folder)
    assert "members.csv：新增 0，更正 0，未变 2，拒绝 0" in said
    assert "enrolments.csv：新增 0，更正 0，未变 1，拒绝 0" in said


def test_a_later_line_of_one_file_corrects_an_earlier_one(folder):
    write(
        folder,
        "members.csv",
        f"P-WEI,王伟,01,{WEI},1988-03-05,1,10012340001,",
        f"P-WEI,王伟,01,{WEI},1988-03-05,1,10012340009,",
    )
    assert "新增 1，更正 1，未变 0，拒绝 0" in load(folder)
    assert Member.objects.get(psn_no="P-WEI").phone == "10012340009"


def test_gb18030_with_rare_characters_is_read(folder):
    write(
        folder,
        "members.csv",
        f"P-WEI,𠮷王伟,01,{WEI},1988-03-05,1,,",
        encoding="gb18030",
    )
    load(folder)
    assert Member.objects.get(psn_no="P-WEI").name == "𠮷王伟"


def test_a_dry_run_reports_everything_and_writes_nothing(folder):
    write(folder, "institutions.csv", "H36110000001,信州区人民医院,361100,9,hospital")
    said = load(folder, "--dry-run")
    assert "enrolments.csv：新增 1" in said
    assert "institutions.csv:2: level: 须为 0 到 3 之间的整数。" in said
    assert "没有写入任何内容" in said
    assert not Member.objects.exists()
    assert not Enrolment.objects.exists()


def test_strict_takes_nothing_where_one_row_was_refused(folder):
    write(folder, "institutions.csv", "H36110000001,信州区人民医院,361100,9,hospital")
    with pytest.raises(CommandError) as refused:
        load(folder, "--strict")
    assert refused.value.returncode == 1
    assert not Member.objects.exists()


def test_strict_takes_everything_where_nothing_was_refused(folder):
    load(folder, "--strict")
    assert Member.objects.count() == 2


def test_strict_counts_a_refused_file_too(folder):
    (folder / "enrolments.csv").write_bytes(b"")
    with pytest.raises(CommandError):
        load(folder, "--strict")
    assert not Member.objects.exists()


def test_without_strict_a_refused_file_keeps_only_itself_out(folder):
    (folder / "enrolments.csv").write_bytes(b"psn_no,psn_no\n")
    said = load(folder)
    assert "enrolments.csv:1: header: 表头中重复的列：psn_no。" in said
    assert Member.objects.count() == 2
    assert Institution.objects.count() == 1


def test_a_load_killed_half_way_is_completed_by_loading_again(folder, monkeypatch):
    lines = [
        f"P{n:04d},王伟,01,{build.cert_no('1988-03-05', '1')},1988-03-05,1,," for n in range(10)
    ]
    write(folder, "members.csv", *lines)
    small = services.Kind(
        **{name: getattr(services.KINDS["members.csv"], name) for name in ("read", "key", "load")},
        chunk=4,
    )
    calls = []

    def killed_at_the_second_chunk(rows, **facts):
        calls.append(rows)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return small.load(rows, **facts)

    dying = services.Kind(small.read, small.key, killed_at_the_second_chunk, small.chunk)
    monkeypatch.setitem(services.KINDS, "members.csv", dying)
    with pytest.raises(KeyboardInterrupt):
        load(folder)
    assert Member.objects.count() == 4
    monkeypatch.setitem(services.KINDS, "members.csv", small)
    assert "members.csv：新增 6，更正 0，未变 4，拒绝 0" in load(folder)


def test_a_missing_or_empty_folder_is_refused_with_a_sentence(tmp_path):
    with pytest.raises(CommandError, match="没有这个文件夹"):
        load(tmp_path / "absent")
    with pytest.raises(CommandError, match="里没有登记文件"):
        load(tmp_path)


def test_a_file_with_another_name_is_named_and_left_alone(folder):
    (folder / "member.csv").write_text("x")
    assert "member.csv：不是登记文件，未读取。" in load(folder)


GOOD = {
    "members.csv": f"P-WEI,王伟,01,{WEI},1988-03-05,1,10012340001,",
    "enrolments.csv": "P-WEI,310,361100,11,1,2020-01-01,,",
    "institutions.csv": "H36110000001,信州区人民医院,361100,1,hospital",
}
SLIPPED = WEI[:16] + str((int(WEI[16]) + 2) % 10) + WEI[17]


@pytest.mark.parametrize(
    ("name", "column", "value", "reason"),
    [
        ("members.csv", "psn_no", "", "不能为空"),
        ("members.csv", "psn_no", "P WEI", "只能由字母"),
        ("members.csv", "psn_no", "P" * 31, "最多 30 个字"),
        ("members.csv", "name", "", "不能为空"),
        ("members.csv", "cert_type", "1", "证件类型"),
        ("members.csv", "cert_no", SLIPPED, "校验位"),
        ("members.csv", "cert_no", WEI[:-1], "位数"),
        ("members.csv", "cert_no", "", "位数"),
        ("members.csv", "cert_no", XIU, "出生日期不一致"),
        ("members.csv", "birth_date", "1988-03-06", "不一致"),
        ("members.csv", "birth_date", "1988-02-30", "日期"),
        ("members.csv", "birth_date", "19880305", "日期"),
        ("members.csv", "gender", "2", "性别不一致"),
        ("members.csv", "gender", "男", "只能是"),
        ("members.csv", "phone", "12345", "手机"),
        ("members.csv", "phone", "12345678901", "手机"),
        ("members.csv", "died_on", "1987-01-01", "早于出生"),
        ("members.csv", "died_on", "2999-01-01", "晚于今天"),
        ("enrolments.csv", "psn_no", "P-NOBODY", "未登记"),
        ("enrolments.csv", "insutype", "510", "只能是"),
        ("enrolments.csv", "area", "3611", "六位"),
        ("enrolments.csv", "psn_type", "", "不能为空"),
        ("enrolments.csv", "status", "3", "只能是"),
        ("enrolments.csv", "from_date", "", "不能为空"),
        ("enrolments.csv", "to_date", "2020-01-01", "晚于起始"),
        ("institutions.csv", "level", "4", "0 到 3"),
        ("institutions.csv", "level", "三", "0 到 3"),
        ("institutions.csv", "type", "clinic", "只能是"),
        ("institutions.csv", "fixmedins_code", "H" * 13, "最多 12 个字"),
    ],
)
def test_a_bad_cell_is_named_with_file_line_column_and_reason(
    tmp_path, name, column, value, reason
):
    for other, line in GOOD.items():
        write(tmp_path, other, line)
    cells = GOOD[name].split(",")
    place = files.COLUMNS[name].index(column)
    cells[place] = value
    write(tmp_path, name, GOOD[name], ",".join(cells))
    said = load(tmp_path)
    expected = "birth_date" if value == XIU else column
    (line,) = (line for line in said.splitlines() if line.startswith(f"{name}:3: "))
    assert line.startswith(f"{name}:3: {expected}: ")
    assert reason in line
    assert "新增 1" in said
    assert WEI[6:] not in said
