"""What each role may do, and whose customers it may see."""

from collections.abc import Mapping
from enum import StrEnum

from rules.refusals import Reason, Refused


class Role(StrEnum):
    AGENT = "agent"
    MANAGER = "manager"
    AUDITOR = "auditor"
    ADMIN = "admin"


class Action(StrEnum):
    LIST_SUBMISSIONS = "list_submissions"
    READ_SUBMISSION = "read_submission"
    READ_CLIENT = "read_client"
    READ_DOCUMENT = "read_document"
    READ_MESSAGES = "read_messages"
    READ_CONVERSATION = "read_conversation"
    LIST_CARDS = "list_cards"
    REVEAL = "reveal"
    CLAIM = "claim"
    RETURN_ANSWERS = "return_answers"
    APPROVE = "approve"
    REJECT = "reject"
    QUOTE = "quote"
    ISSUE = "issue"
    TAKE_OVER = "take_over"
    WRITE_TO_CUSTOMER = "write_to_customer"
    GIVE_BACK = "give_back"
    ANSWER_CALL = "answer_call"
    PREPARE_CARD = "prepare_card"
    LIST_PREPARED = "list_prepared"
    WITHDRAW_PREPARED = "withdraw_prepared"
    RETRY_MAIL = "retry_mail"
    RANK = "rank"
    EXPORT = "export"
    AGREE_TO_EXPORT = "agree_to_export"
    FETCH_EXPORT = "fetch_export"
    LIST_EXPORTS = "list_exports"
    CONFIRM_DESTRUCTION = "confirm_destruction"
    IMPORT = "import"
    LIST_IMPORTS = "list_imports"
    READ_IMPORT = "read_import"
    DECIDE_IMPORT = "decide_import"
    LIST_SYNC = "list_sync"
    RELEASE_SYNC = "release_sync"
    WITHHOLD_SYNC = "withhold_sync"
    SETTLE_CONFLICT = "settle_conflict"
    RETRY_SYNC = "retry_sync"
    ORDER_ERASURE = "order_erasure"
    AGREE_TO_ERASURE = "agree_to_erasure"
    WITHDRAW_ERASURE = "withdraw_erasure"
    LIST_ERASURES = "list_erasures"
    ASSIGN_PORTFOLIO = "assign_portfolio"
    READ_AUDIT = "read_audit"
    MANAGE_STAFF = "manage_staff"
    CHANGE_SETTINGS = "change_settings"


_READ = frozenset(
    {
        Action.LIST_SUBMISSIONS,
        Action.READ_SUBMISSION,
        Action.READ_CLIENT,
        Action.READ_DOCUMENT,
        Action.READ_MESSAGES,
        Action.READ_CONVERSATION,
        Action.LIST_CARDS,
    },
)
_WORK = _READ | {
    Action.REVEAL,
    Action.CLAIM,
    Action.RETURN_ANSWERS,
    Action.APPROVE,
    Action.REJECT,
    Action.QUOTE,
    Action.ISSUE,
    Action.TAKE_OVER,
    Action.WRITE_TO_CUSTOMER,
    Action.GIVE_BACK,
    Action.ANSWER_CALL,
    Action.PREPARE_CARD,
    Action.LIST_PREPARED,
    Action.WITHDRAW_PREPARED,
    Action.RETRY_MAIL,
    Action.RANK,
}
_EXPORT = frozenset({Action.EXPORT, Action.AGREE_TO_EXPORT, Action.FETCH_EXPORT, Action.LIST_EXPORTS, Action.CONFIRM_DESTRUCTION})
_IMPORT = frozenset({Action.IMPORT, Action.LIST_IMPORTS, Action.READ_IMPORT, Action.DECIDE_IMPORT})
_SYNC = frozenset({Action.LIST_SYNC, Action.RELEASE_SYNC, Action.WITHHOLD_SYNC, Action.SETTLE_CONFLICT, Action.RETRY_SYNC})
_AGREE_TO_ERASURE = frozenset({Action.AGREE_TO_ERASURE, Action.LIST_ERASURES})
ALLOWED: Mapping[Role, frozenset[Action]] = {
    Role.AGENT: frozenset(_WORK),
    Role.MANAGER: frozenset(
        _WORK
        | _EXPORT
        | _IMPORT
        | _SYNC
        | _AGREE_TO_ERASURE
        | {Action.ORDER_ERASURE, Action.WITHDRAW_ERASURE, Action.ASSIGN_PORTFOLIO, Action.READ_AUDIT}
    ),
    Role.AUDITOR: frozenset(_READ | _EXPORT | _AGREE_TO_ERASURE | {Action.LIST_SYNC, Action.READ_AUDIT}),
    # who makes accounts sees no customer: nobody widens their own view unseen
    Role.ADMIN: frozenset({Action.MANAGE_STAFF, Action.CHANGE_SETTINGS, Action.READ_AUDIT}),
}
LOOKS = frozenset(
    action.value
    for action in (
        *_READ,
        Action.REVEAL,
        Action.RANK,
        Action.LIST_PREPARED,
        Action.FETCH_EXPORT,
        Action.LIST_EXPORTS,
        Action.LIST_IMPORTS,
        Action.READ_IMPORT,
        Action.LIST_SYNC,
        Action.LIST_ERASURES,
        Action.READ_AUDIT,
    )
) | {"access.made", "card.shown_whole", "erasure.kept_read", "evidence.made"}
"""Codes of the audit trail that are looks at customers' data and change nothing; every other is an act."""
REVEAL_REASONS = ("review", "issue", "customer", "law")
"""What a colleague may want to see identifiers whole for: never words of their own, which could name somebody in the audit trail. For the
same a document is opened, by auditors too: papers are what they look at, and nobody can cover what stands in a file; on a page they reveal
nothing."""
SEES_ALL = frozenset({Role.MANAGER, Role.AUDITOR})


def check_action(role: Role, action: Action) -> None:
    """Raises Refused(NOT_ALLOWED)."""
    if action not in ALLOWED[role]:
        raise Refused(Reason.NOT_ALLOWED)


def check_reveal(reason: str) -> str:
    """Raises Refused(REASON_NEEDED) for one that is none of ours."""
    if reason not in REVEAL_REASONS:
        raise Refused(Reason.REASON_NEEDED, state="reveal_reason")
    return reason


def is_in_portfolio(role: Role, colleague: str, agent_of_party: str | None) -> bool:
    """An agent sees their own customers and those nobody has taken yet; managers and auditors see all."""
    if role in SEES_ALL:
        return True
    return role is Role.AGENT and agent_of_party in {None, colleague}


def check_party(role: Role, colleague: str, agent_of_party: str | None) -> None:
    """Raises Refused(NOT_ALLOWED) for a customer outside the portfolio."""
    if not is_in_portfolio(role, colleague, agent_of_party):
        raise Refused(Reason.NOT_ALLOWED)
