"""Refusals: what a person can mend, as a stable code and the facts that word it."""

from datetime import date
from decimal import Decimal
from enum import StrEnum

type Fact = str | int | bool | Decimal | date | list[str] | None


class Reason(StrEnum):
    """Stable codes; each has a sentence in every language (`refusals:` in dialogs/wording/<language>.yaml)."""

    EMPTY = "empty"
    NOT_UNDERSTOOD = "not_understood"
    WRONG_KIND = "wrong_kind"  # a structured value of the wrong JSON type
    TOO_LONG = "too_long"  # max_length
    TOO_SMALL = "too_small"  # min
    TOO_LARGE = "too_large"  # max
    TOO_MANY = "too_many"  # max
    UNREADABLE_CHARACTERS = "unreadable_characters"
    LINE_BREAK = "line_break"
    NOT_A_NAME = "not_a_name"
    NAME_UNLIKELY = "name_unlikely"  # guess: what was written
    STREET_UNLIKELY = "street_unlikely"  # likewise
    NAME_NOT_LATIN = "name_not_latin"  # guess: what was written
    DATE_UNKNOWN = "date_unknown"
    DATE_IMPOSSIBLE = "date_impossible"
    DATE_AMBIGUOUS = "date_ambiguous"
    DATE_IN_FUTURE = "date_in_future"  # max: after the last day, wherever today is
    DATE_IN_PAST = "date_in_past"  # min: before the first day
    DOCUMENT_EXPIRED = "document_expired"  # on, count: days since
    DATE_NEEDS_YEAR = "date_needs_year"
    BIRTH_YEAR = "birth_year"  # guess: a day to come, or this year's of who signs
    UNDER_AGE = "under_age"
    TOO_OLD = "too_old"
    NUMBER_UNKNOWN = "number_unknown"
    NUMBER_AMBIGUOUS = "number_ambiguous"  # guess
    UNIT_AMBIGUOUS = "unit_ambiguous"
    NUMBER_WHOLE = "number_whole"  # decimals where a whole number is asked for
    CHOICE_UNKNOWN = "choice_unknown"
    CHOICE_AMBIGUOUS = "choice_ambiguous"
    CHOICE_EXCLUSIVE = "choice_exclusive"  # choice
    CHOICE_GUESSED = "choice_guessed"  # guess: nearest to what was written
    EMAIL_FORM = "email_form"
    EMAIL_TYPO = "email_typo"  # suggestion
    EMAIL_INTERNATIONAL = "email_international"
    EMAIL_TAKEN_TWICE = "email_taken_twice"
    PHONE_FORM = "phone_form"
    PHONE_PREMIUM = "phone_premium"
    PHONE_NOT_MOBILE = "phone_not_mobile"  # a landline where a mobile was asked for
    PHONE_FROM_HOME = "phone_from_home"  # guess: read as where the customer's language is spoken
    TAX_CODE_LENGTH = "tax_code_length"  # length
    TAX_CODE_FORM = "tax_code_form"
    TAX_CODE_CHECK = "tax_code_check"
    TAX_CODE_OF_BODY = "tax_code_of_body"  # digits that are no organisation's
    IDENTIFIER_LENGTH = "identifier_length"  # length, expected
    IDENTIFIER_FORM = "identifier_form"
    IDENTIFIER_CHECK = "identifier_check"
    IDENTIFIER_MISMATCH = "identifier_mismatch"  # what, in_code, given
    TAX_CODE_MISMATCH = "tax_code_mismatch"  # what, in_code, given
    VAT_FORM = "vat_form"
    VAT_CHECK = "vat_check"
    IBAN_LENGTH = "iban_length"
    IBAN_CHECK = "iban_check"
    POSTCODE_FORM = "postcode_form"  # length
    POSTCODE_NO_DIGITS = "postcode_no_digits"
    POSTCODE_UNKNOWN = "postcode_unknown"  # as many digits as it takes, and none such
    POSTCODE_NOT_THERE = "postcode_not_there"  # municipality
    COUNTRY_UNKNOWN = "country_unknown"
    MUNICIPALITY_UNKNOWN = "municipality_unknown"
    MUNICIPALITY_AMBIGUOUS = "municipality_ambiguous"
    COUNTRY_AMBIGUOUS = "country_ambiguous"
    PROVINCE_UNKNOWN = "province_unknown"
    FILE_EXPECTED = "file_expected"
    FILE_TOO_LARGE = "file_too_large"  # bytes, max
    FILE_KIND = "file_kind"  # accept
    FILE_EMPTY = "file_empty"
    CODE_FORM = "code_form"  # not six digits
    CODE_WRONG = "code_wrong"  # left
    CODE_EXPIRED = "code_expired"
    CODE_LOCKED = "code_locked"
    CODE_TOO_SOON = "code_too_soon"  # wait_s
    CODES_USED_UP = "codes_used_up"  # minutes
    CONFIRM_EXPLICITLY = "confirm_explicitly"  # vague yes, stale yes, emoji
    REQUIRED = "required"  # a skip where there is none
    NOTHING_TO_GO_BACK_TO = "nothing_to_go_back_to"
    NOT_ANSWERED_YET = "not_answered_yet"  # change of a question never answered
    LANGUAGE_UNKNOWN = "language_unknown"
    SENSITIVE_ELSEWHERE = "sensitive_elsewhere"
    CHECK_FAILED = "check_failed"  # code: a check of the form, worded in the form's words file
    DOUBT = "doubt"  # code: likewise, but a doubt
    # what staff can mend
    NOT_ALLOWED = "not_allowed"
    NOT_POSSIBLE_NOW = "not_possible_now"  # state
    CLAIMED_BY_OTHER = "claimed_by_other"
    REASON_NEEDED = "reason_needed"
    NOTHING_CHOSEN = "nothing_chosen"
    MISSING_FOR_ISSUE = "missing_for_issue"  # fields


class Refused(Exception):  # noqa: N818 - it is a refusal, not an error
    """Something a person can mend: raised by actions, returned by readers of answers."""

    def __init__(self, reason: Reason, /, **facts: Fact) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.facts = facts

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Refused) and (self.reason, self.facts) == (other.reason, other.facts)

    def __hash__(self) -> int:
        return hash(self.reason)

    def __repr__(self) -> str:
        return f"Refused({self.reason.value}, {self.facts})"
