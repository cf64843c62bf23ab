"""Why two people are relatives, in the words of each who may ask."""

from datetime import date

from pooling.kinship import wording
from pooling.kinship.inference import Edge, Tie

ME, FATHER, GRANDMOTHER = 1, 2, 3
NAMES = {ME: "王小雨", FATHER: "王伟", GRANDMOTHER: "赵秀英"}
SINCE = date(2000, 1, 1)


def chain(paper="birth_certificate"):
    return Tie(
        ME,
        GRANDMOTHER,
        "paternal_grandparent",
        (
            Edge(ME, FATHER, "1", "parent", paper, SINCE),
            Edge(FATHER, GRANDMOTHER, "2", "parent", "household_register", SINCE),
        ),
    )


def test_each_of_the_two_reads_it_from_their_own_side():
    assert wording.grounds(chain(), NAMES, ME) == [
        "王伟是您的父亲（出生医学证明）",
        "赵秀英是王伟的母亲（户口簿）",
    ]
    assert wording.grounds(chain(), NAMES, GRANDMOTHER) == [
        "王伟是王小雨的父亲（出生医学证明）",
        "您是王伟的母亲（户口簿）",
    ]


def test_the_desk_reads_the_path_without_a_name():
    assert wording.path(chain()) == "父亲（出生医学证明）的母亲（户口簿）"


def test_an_adoption_is_called_so_at_the_desk_alone():
    assert "收养" not in "".join(wording.grounds(chain("adoption"), NAMES, ME))
    assert "收养登记" in wording.path(chain("adoption"))


def test_what_has_no_word_of_its_own_is_called_by_its_kind():
    edge = Edge(ME, GRANDMOTHER, "2", "maternal_grandparent", "data_match", SINCE)
    assert wording.path(Tie(ME, GRANDMOTHER, edge.kind, (edge,))) == "外祖父母（数据比对）"
