"""How a domain refuses: with a code for machines and a sentence for people."""


def both(sentence, remedy) -> str:
    """Return what happened and what would change it as one text.

    Latin sentences stand a space apart, Chinese ones do not.
    """
    said, cure = str(sentence), str(remedy)
    apart = " " if said and cure and said[-1].isascii() else ""
    return f"{said}{apart}{cure}"


class DomainError(Exception):
    """A lawful refusal. Subclasses stand beside the verb that raises them.

    `code` is stable and for machines, `sentence` says to whoever asked why not and `remedy`
    what would change it; `str()` is both. `status` is what HTTP edges answer, `details` names
    fields, `rule` the clause behind it.
    """

    code = "refused"
    status = 422

    def __init__(self, sentence, *, code=None, status=None, details=None, rule=None, remedy=""):
        super().__init__(str(sentence))
        self.sentence = sentence
        self.remedy = remedy
        self.code = code or self.code
        self.status = status or self.status
        self.details = details or {}
        self.rule = rule

    def __str__(self):
        return both(self.sentence, self.remedy)


class NotFound(DomainError):
    """Absent or not yours: the same words for both."""

    code = "not_found"
    status = 404
