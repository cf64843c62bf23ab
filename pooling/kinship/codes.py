"""GB/T 4761-2008, two digits: what a relative is to a person.

In-laws and great-grandparents have codes of their own and are no near relatives in the sense
of the Civil Code, article 1045; they are kept apart so that an area can tell.
"""

from dataclasses import dataclass

MALE, FEMALE = "1", "2"


@dataclass(frozen=True, slots=True)
class Code:
    """A code's word, its kind, and the sex it implies of the relative and of the person."""

    code: str
    word: str
    kind: str
    gender: str | None = None
    person_gender: str | None = None


_ROWS = """
10 配偶                 spouse -
11 夫                   spouse 1 2
12 妻                   spouse 2 1
20 子                   child 1
21 独生子               child 1
22 长子                 child 1
23 次子                 child 1
24 三子                 child 1
25 四子                 child 1
26 五子                 child 1
27 养子或继子           child 1
28 女婿                 child_in_law 1
29 其他儿子             child 1
30 女                   child 2
31 独生女               child 2
32 长女                 child 2
33 次女                 child 2
34 三女                 child 2
35 四女                 child 2
36 五女                 child 2
37 养女或继女           child 2
38 儿媳                 child_in_law 2
39 其他女儿             child 2
41 孙子                 sons_child 1
42 孙女                 sons_child 2
43 外孙子               daughters_child 1
44 外孙女               daughters_child 2
45 孙媳妇或外孙媳妇     other 2
46 孙女婿或外孙女婿     other 1
47 曾孙子或外曾孙子     other 1
48 曾孙女或外曾孙女     other 2
50 父母                 parent -
51 父亲                 parent 1
52 母亲                 parent 2
53 公公                 parent_in_law 1 2
54 婆婆                 parent_in_law 2 2
55 岳父                 parent_in_law 1 1
56 岳母                 parent_in_law 2 1
57 继父或养父           parent 1
58 继母或养母           parent 2
59 其他父母关系         parent -
61 祖父                 paternal_grandparent 1
62 祖母                 paternal_grandparent 2
63 外祖父               maternal_grandparent 1
64 外祖母               maternal_grandparent 2
65 配偶的祖父母或外祖父母 other -
66 曾祖父               other 1
67 曾祖母               other 2
68 配偶的曾祖父母或外曾祖父母 other -
70 兄弟姐妹             sibling -
71 兄                   sibling 1
72 嫂                   other 2
73 弟                   sibling 1
74 弟媳                 other 2
75 姐                   sibling 2
76 姐夫                 other 1
77 妹                   sibling 2
78 妹夫                 other 1
79 其他兄弟姐妹         sibling -
80 其他                 other -
81 伯父                 other 1
82 伯母                 other 2
83 叔父                 other 1
84 婶母                 other 2
85 舅父                 other 1
86 舅母                 other 2
87 姨父                 other 1
88 姨母                 other 2
89 姑父                 other 1
90 姑母                 other 2
91 堂兄弟、堂姐妹       other -
92 表兄弟、表姐妹       other -
93 侄子                 other 1
94 侄女                 other 2
95 外甥                 other 1
96 外甥女               other 2
97 其他亲属             other -
99 非亲属               other -
"""


def _read() -> dict[str, Code]:
    rows = (line.split() for line in _ROWS.strip().splitlines())
    blank = {"-": None}
    return {
        row[0]: Code(row[0], row[1], row[2], *(blank.get(sex, sex) for sex in row[3:]))
        for row in rows
    }


CODES = _read()

#: These do not tell a son's side from a daughter's, which the law treats as two classes.
TOO_BROAD = frozenset({"40", "49", "60", "69"})
#: Adopted, step and "other" parents and children: law and life ask no fixed age gap of them.
BY_LAW = frozenset({"27", "29", "37", "39", "57", "58", "59"})
ELDER, YOUNGER = frozenset({"71", "75"}), frozenset({"73", "77"})
#: Say only the kind; a finer code of the same kind says the same and more.
GENERAL = frozenset({"10", "20", "30", "50", "59", "70", "79", "29", "39"})


def codes_of(kind: str) -> list[str]:
    """Return every code of a kind, in the order of the standard."""
    return [row.code for row in CODES.values() if row.kind == kind]


def kind_of(code: str) -> str | None:
    """Return the kind a code belongs to; None where it is unknown or says too little."""
    row = CODES.get(code)
    return row.kind if row else None


#: By the first digit: spouse, children, grandchildren, parents, grandparents, siblings.
_GENERATIONS = {"1": 0, "2": -1, "3": -1, "4": -2, "5": 1, "6": 2, "7": 0}


def generation(code: str) -> int:
    """Return how many generations a relative stands above the person, below as a negative number.

    Codes too wide to say count as the person's own.
    """
    return _GENERATIONS.get(code[:1], 0)


def word_of(code: str) -> str:
    """Return the Chinese word of a code; the code itself where it is unknown."""
    row = CODES.get(code)
    return row.word if row else code


def inverse(code: str, member_gender: str) -> str:
    """Return what the person of this sex is to the relative who is `code` to them.

    Birth order is lost on the way (`22 长子` one way is `51 父亲` the other), never invented.
    Raises KeyError for a code without a kind.
    """
    man = member_gender == MALE
    if code in ELDER:
        return "73" if man else "77"
    if code in YOUNGER:
        return "71" if man else "75"
    if code in ("27", "37"):
        return "57" if man else "58"
    if code in ("57", "58"):
        return "27" if man else "37"
    his, hers = _INVERSE.get(CODES[code].kind, ("97", "97"))
    if CODES[code].kind == "child_in_law":
        # A son-in-law's are 岳父母, a daughter-in-law's 公婆.
        his, hers = ("55", "56") if code == "28" else ("53", "54")
    return "99" if code == "99" else his if man else hers


#: Kind of the relative → code of the person, as man and as woman.
_INVERSE = {
    "spouse": ("11", "12"),
    "child": ("51", "52"),
    "parent": ("20", "30"),
    "sibling": ("79", "79"),
    "sons_child": ("61", "62"),
    "daughters_child": ("63", "64"),
    "paternal_grandparent": ("41", "42"),
    "maternal_grandparent": ("43", "44"),
    "parent_in_law": ("28", "38"),
}
