"""Staff roles: disjoint groups, each with the tables its people may look up.

Pure. Permissions open pages; what a role may *do* is a verb's own guard. Nobody holds two
roles: who keeps the system, writes the rules or reads the trail decides no cases.
"""

CLERK = "clerk"
REVIEWER = "reviewer"
AUDITOR = "auditor"
POLICY_ADMIN = "policy_admin"
SYSTEM_ADMIN = "system_admin"
ROLES = (CLERK, REVIEWER, AUDITOR, POLICY_ADMIN, SYSTEM_ADMIN)

_PEOPLE = (
    "accounts.member",
    "accounts.enrolment",
    "accounts.ecredential",
    "accounts.carelink",
    "accounts.refusedcode",
    "accounts.institution",
    "kinship.relation",
)
_POOLING = ("counter.deskcase", "cases.case", "bindings.binding", "bindings.payercap")
_MONEY = (
    "funds.personalaccount",
    "funds.contribution",
    "funds.quota",
    "funds.wallet",
    "funds.familyfund",
    "funds.fundmember",
    "funds.transfer",
    "funds.deposit",
    "funds.payout",
    "funds.payee",
    "funds.payment",
    "funds.bankfile",
    "settlements.settlement",
    "settlements.line",
    "settlements.refund",
)
_RULES = ("policy.area", "policy.ruleversion", "policy.clause")

#: role → models (`app.model`) whose look-up pages it opens.
SEES = {
    CLERK: (*_PEOPLE, *_POOLING, *_MONEY, *_RULES),
    REVIEWER: (*_PEOPLE, *_POOLING, *_MONEY, *_RULES, "hospital.exchange"),
    AUDITOR: (
        *_PEOPLE,
        *_POOLING,
        *_MONEY,
        *_RULES,
        "reports.replay",
        "audit.event",
        "audit.look",
        "ledger.account",
        "ledger.entry",
        "ledger.posting",
        "accounts.user",
        "hospital.message",
        "hospital.exchange",
        "hospital.tillcredential",
        "registry.duerun",
    ),
    POLICY_ADMIN: (*_RULES, "reports.replay"),
    SYSTEM_ADMIN: (
        "accounts.user",
        "accounts.apiclient",
        "accounts.institution",
        "hospital.message",
        "hospital.exchange",
        "hospital.tillcredential",
        "registry.duerun",
    ),
}

#: role → permissions (`app.codename`) to act. Reviewers take cases in too, where a window has few
#: people: what one of them submitted, another decides.
DOES = {
    CLERK: ("counter.take_in",),
    # Carrying a failed message out again moves families' money, as a decision at the desk does.
    REVIEWER: ("counter.take_in", "counter.decide", "hospital.replay_exchange"),
    AUDITOR: (),
    # The same people may do both; who wrote a version is refused as its publisher.
    POLICY_ADMIN: ("policy.write_rules", "policy.publish_rules", "reports.start_replay"),
    SYSTEM_ADMIN: ("hospital.manage_tills", "accounts.let_in_again"),
}
