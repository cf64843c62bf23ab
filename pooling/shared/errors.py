"""How a domain refuses: with a code for machines and a sentence for people."""


class DomainError(Exception):
    """A lawful refusal. Subclasses stand beside the verb that raises them.

    `code` is stable and for machines, `sentence` is for whoever asked, `status`
    is what HTTP edges answer, `details` names fields, `rule` the clause behind it.
    """

    code = "refused"
    status = 422

    def __init__(self, sentence, *, code=None, status=None, details=None, rule=None):
        super().__init__(str(sentence))
        self.sentence = sentence
        self.code = code or self.code
        self.status = status or self.status
        self.details = details or {}
        self.rule = rule

    def __str__(self):
        return str(self.sentence)


class NotFound(DomainError):
    """Absent or not yours: the same words for both."""

    code = "not_found"
    status = 404
