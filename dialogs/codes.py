"""One-time codes: an address is proved before anything else is mailed to it."""

import unicodedata
from hashlib import sha256
from math import ceil

from dialogs.desk import Desk
from dialogs.drafts import carry_over, let_go_of_sent
from dialogs.effects import BindParty, MailCode, ProveEmail, WrongCode
from dialogs.journey import EMAIL_CODE
from dialogs.party import remember_party
from dialogs.proposals import take_up_prepared
from dialogs.state import Proof, State
from rules.addresses import is_among
from rules.refusals import Reason, Refused

VALID_S = 600  # ten minutes: long enough for a slow mailbox, short enough to be of no use tomorrow
TRIES = 5


def send_code(desk: Desk, email: str, path: str) -> bool:
    """Whether the code of this address is the one to be typed next: a fresh one, or the last where none may be sent yet, which is said.
    Only another address may follow within the minute."""
    proof = desk.state.proof
    is_same = proof is not None and (proof.email, proof.path) == (email, path)
    if refused := _too_soon(desk, is_same=is_same):
        desk.refuse(refused)
        if refused.reason is Reason.CODES_USED_UP and proof is not None and proof.path == path and is_good(proof, desk.now.timestamp()):
            desk.say("code_still_good" if is_same else "code_still_good_there", email=proof.email)
        return is_same
    sent_at, code = desk.now.timestamp(), desk.circumstances.draw_code()
    proof = Proof(email, path, _digest(code, sent_at), sent_at)
    desk.set(proof=proof, codes_sent=(*_recent(desk), sent_at))
    desk.effects.append(MailCode(email, code, desk.language))
    desk.say("code_sent", email=email)
    return True


def is_good(proof: Proof, now: float) -> bool:
    return now - proof.sent_at <= VALID_S and proof.tries < TRIES


def check_code(desk: Desk, code: str) -> Refused | None:
    """What is wrong with the code, or None: then the proof has been used up."""
    proof = desk.state.proof
    if proof is None or desk.now.timestamp() - proof.sent_at > VALID_S:
        return Refused(Reason.CODE_EXPIRED)
    if proof.tries >= TRIES:
        return Refused(Reason.CODE_LOCKED)
    if _digest(code, proof.sent_at) != proof.digest:
        tries = proof.tries + 1
        desk.set(proof=Proof(proof.email, proof.path, proof.digest, proof.sent_at, tries))
        desk.effects.append(WrongCode(proof.email))
        return Refused(Reason.CODE_LOCKED) if tries == TRIES else Refused(Reason.CODE_WRONG, left=TRIES - tries, count=TRIES - tries)
    return None


def may_be_right(proof: Proof, told: str) -> bool:
    """Whether the digits of what was told are the code. Only then is its customer loaded: how long the answer to a wrong code takes
    must not tell a stranger who is a customer."""
    digits = "".join(str(unicodedata.decimal(each)) for each in unicodedata.normalize("NFKC", told) if each.isdecimal())
    return _digest(digits, proof.sent_at) == proof.digest


def prove(desk: Desk, key: str) -> None:
    """The address of the open proof is the customer's: the first one binds the conversation, a further one is added."""
    proof = desk.state.proof
    assert proof is not None  # noqa: S101 - check_code has just found it
    desk.set(proof=None)
    if key == EMAIL_CODE:
        _bind(desk, proof.email)
        return
    client = desk.state.client
    desk.effects.append(ProveEmail(proof.email))
    desk.answer({key: "proved"})
    remember_party(desk, emails=(*client.emails, proof.email))
    desk.say("email_proved", email=proof.email)


def _bind(desk: Desk, email: str) -> None:
    desk.effects.append(BindParty(email))
    desk.set(bound=True)
    desk.say("email_proved", email=email)
    known = desk.circumstances.known
    if known is not None and is_among(email, known.emails):
        remember_party(desk, known=known)
        if known.elsewhere is not None:
            carry_over(desk, State.from_json(known.elsewhere))
            let_go_of_sent(desk, known)
    else:
        remember_party(desk, emails=(email,))
    take_up_prepared(desk)
    take_over_email(desk)


def take_over_email(desk: Desk) -> None:
    """The address proved first is the card's, and not asked again."""
    if desk.emails and desk.card.email not in desk.state.answers:
        desk.answer({desk.card.email: desk.emails[0]})


def _too_soon(desk: Desk, *, is_same: bool) -> Refused | None:
    """How long until another code may be sent: so many a minute to the same address, so many an hour in all."""
    a_minute, an_hour = desk.circumstances.code_resend
    sent, now = _recent(desk), desk.now.timestamp()
    last_minute = [at for at in sent if now - at < 60]
    if len(sent) >= an_hour:
        minutes = _whole((sent[-an_hour] + 3600 - now) / 60)
        return Refused(Reason.CODES_USED_UP, minutes=minutes, count=minutes)
    if is_same and len(last_minute) >= a_minute:
        wait_s = _whole(last_minute[-a_minute] + 60 - now)
        return Refused(Reason.CODE_TOO_SOON, wait_s=wait_s, count=wait_s)
    return None


def _whole(wait: float) -> int:
    """Rounded up: who comes back then does not come too early. What a float is off by does not count."""
    return max(1, ceil(round(wait, 3)))


def _recent(desk: Desk) -> tuple[float, ...]:
    now = desk.now.timestamp()
    return tuple(at for at in desk.state.codes_sent if now - at < 3600)


def _digest(code: str, salt: float) -> str:
    return sha256(f"{salt!r}:{code}".encode()).hexdigest()
