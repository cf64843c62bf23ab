"""Reading registry files: encodings, headers and rows, without a database."""

import tracemalloc

import pytest

from pooling.registry import files

COLUMNS = ("psn_no", "name", "area")


def read(folder, content: bytes, columns=COLUMNS):
    path = folder / "members.csv"
    path.write_bytes(content)
    return list(files.rows(path, columns))


@pytest.mark.parametrize(
    "encode",
    [
        pytest.param(lambda text: text.encode(), id="UTF-8"),
        pytest.param(lambda text: text.encode("utf-8-sig"), id="UTF-8 with mark"),
        pytest.param(lambda text: text.encode("gb18030"), id="GB18030"),
        pytest.param(lambda text: text.replace("\n", "\r\n").encode(), id="Windows line ends"),
    ],
)
def test_every_usual_encoding_reads_the_same(tmp_path, encode):
    rows = read(tmp_path, encode("psn_no,name,area\nP1,王伟,361100\nP2,欧阳𠮷,310000\n"))
    assert [row.cells["name"] for row in rows] == ["王伟", "欧阳𠮷"]
    assert [row.line for row in rows] == [2, 3]


def test_columns_may_stand_in_any_order_and_blanks_are_trimmed(tmp_path):
    (row,) = read(tmp_path, "area, name ,psn_no\n 361100 , 王伟 ,P1\n".encode())
    assert row.cells == {"psn_no": "P1", "name": "王伟", "area": "361100"}


def test_empty_lines_are_passed_over_and_lines_keep_their_numbers(tmp_path):
    rows = read(tmp_path, b"psn_no,name,area\n\nP1,a,361100\n\r\nP2,b,361100")
    assert [row.line for row in rows] == [3, 5]


def test_one_damaged_line_of_a_utf8_file_costs_that_line_alone(tmp_path):
    lines = ["psn_no,name,area", *(f"P{n},王伟,361100" for n in range(5))]
    content = "\n".join(lines).encode() + b"\nP9,\xff\xfe,361100\n"
    *good, bad = read(tmp_path, content)
    assert {row.cells["name"] for row in good} == {"王伟"}
    assert (bad.line, bad.code, bad.values) == (7, "undecodable", {"encoding": "UTF-8"})


@pytest.mark.parametrize(
    ("content", "code", "columns"),
    [
        (b"", "empty", None),
        (b"\xef\xbb\xbf", "empty", None),
        (b"\n", "empty", None),
        ("psn_no,name,area\n".encode("utf-16"), "utf16", None),
        (b"psn_no,name\nP1,a\n", "header_missing", "area"),
        (b"psn_no,name,area,name\nP1,a,361100,b\n", "header_duplicated", "name"),
        (b"psn_no,name,area,age\nP1,a,361100,7\n", "header_unknown", "age"),
        (b'psn_no,"name,area\nP1,a,361100\n', "header_unreadable", None),
        (b"P1,a,361100\n", "header_unknown", "P1、a、361100"),
    ],
)
def test_a_file_that_says_nothing_is_refused_as_a_whole(tmp_path, content, code, columns):
    with pytest.raises(files.FileRefused) as refused:
        read(tmp_path, content)
    assert refused.value.code == code
    assert refused.value.values.get("columns") == columns


@pytest.mark.parametrize(
    ("line", "code", "column"),
    [
        (b"P1,a", "too_few", "area"),
        (b"P1,a,361100,more", "too_many", "area"),
        (b'P1,"a,361100', "quotes", "psn_no"),
        (b"P1,a\x00b,361100", "control", "name"),
        (b"P1,a\x1f,361100", "control", "name"),
        ("P1,王\u202e伟,361100".encode(), "control", "name"),
        ("P1,王\u200b伟,361100".encode(), "control", "name"),
        ("P1,王\u2066伟,361100".encode(), "control", "name"),
        ("P1,王\x85伟,361100".encode(), "control", "name"),
        (b"\x7fP1,a,361100", "control", "psn_no"),
    ],
)
def test_a_bad_line_is_named_and_the_next_one_is_read(tmp_path, line, code, column):
    problem, row = read(tmp_path, b"psn_no,name,area\n" + line + b"\nP2,b,361100\n")
    assert (problem.line, problem.code, problem.column) == (2, code, column)
    assert row.cells["psn_no"] == "P2"


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_line_without_end_is_kept_out_and_never_held(tmp_path, end):
    path, length = tmp_path / "members.csv", 40 * files.LONGEST
    path.write_bytes(b"psn_no,name,area\n" + length * b"x" + end + "P2,王伟,361100".encode())
    tracemalloc.start()
    problem, row = files.rows(path, COLUMNS)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (problem.line, problem.code) == (2, "line_too_long")
    assert (row.line, row.cells["name"]) == (3, "王伟")
    assert peak < length / 4


def test_a_header_without_end_refuses_the_file(tmp_path):
    with pytest.raises(files.FileRefused) as refusal:
        read(tmp_path, b"psn_no,name,area" + files.LONGEST * b" " + b"\nP1,a,361100\n")
    assert refusal.value.code == "header_unreadable"


def test_bytes_passed_add_up_to_the_file_whatever_its_lines(tmp_path):
    path, passed = tmp_path / "members.csv", []
    path.write_bytes(b"psn_no,name,area\n" + 3 * files.LONGEST * b"x" + b"\nP2,b,361100")
    list(files.rows(path, COLUMNS, passed.append))
    assert sum(passed) == path.stat().st_size - len(b"psn_no,name,area\n")


def test_a_quoted_comma_is_part_of_its_cell(tmp_path):
    (row,) = read(tmp_path, 'psn_no,name,area\nP1,"阿,里",361100\n'.encode())
    assert row.cells["name"] == "阿,里"


def test_progress_is_told_in_bytes(tmp_path):
    path = tmp_path / "members.csv"
    path.write_bytes(b"psn_no,name,area\nP1,a,361100\nP2,b,361100\n")
    told = []
    list(files.rows(path, COLUMNS, told.append))
    assert sum(told) == path.stat().st_size - len(b"psn_no,name,area\n")
