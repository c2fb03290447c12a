"""Which characters an answer may hold, and the folded forms in which answers are compared."""

import re
import unicodedata
from collections.abc import Collection, Iterable
from functools import lru_cache

from rules.refusals import Reason, Refused
from rules.writing import INVISIBLE, JOINERS

LINE_MOST = 2_000
"""A single line longer than this is no answer to any question; it also bounds what the readers below must look at."""
TEXT_MOST = 20_000
MARKS_MOST = 8
"""Combining marks on one letter: no script stacks more; beyond it is "zalgo" that covers the lines around it."""

_BLANKS = " \t\r\n\u00a0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_BREAKS = re.compile("\r\n|[\n\r\v\f\x85\u2028\u2029]")
_UNREADABLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef"
    + "".join(chr(plane + end) for plane in range(0, 0x110000, 0x10000) for end in (0xFFFE, 0xFFFF))
    + "]"
)
_TRADITIONAL = "沒對確認絕謝請萬億兩號歐點個們這麼嗎為問題讀閱過話電說錯單項選擇還會給應該時後來從開轉換語繼續暫護險價報詢證郵編門盜竊漢義國臺灣產權業務員機構裝級層樓獨棟聯雙農結離歲寵貓馬鳥財屬賠償責損緊塊錢邊記幾隨處匯總檢頁聽讓願許堅決當無種樣貸壓戶陽診親關係蘭羅倫薩維納爾賓達瑪亞幫"
_SIMPLIFIED = "没对确认绝谢请万亿两号欧点个们这么吗为问题读阅过话电说错单项选择还会给应该时后来从开转换语继续暂护险价报询证邮编门盗窃汉义国台湾产权业务员机构装级层楼独栋联双农结离岁宠猫马鸟财属赔偿责损紧块钱边记几随处汇总检页听让愿许坚决当无种样贷压户阳诊亲关系兰罗伦萨维纳尔宾达玛亚帮"
ALIKE = str.maketrans("يىكةەہё" + _TRADITIONAL, "ییکهههе" + _SIMPLIFIED)
"""An Arabic keyboard's letters for the Persian ones that look alike, ё that is mostly written е, traditional signs of Chinese words we know."""
_SPACES = re.compile(r"\s+")
_QUESTION_MARKS = re.compile("[?¿؟⁇⁈⁉‽？❓❔]")
_NOT_WORD = re.compile(r"[^\w°²]+|_+")


def clean_line(text: str) -> str | Refused:
    """The text in NFC without outer blanks and invisible signs, or why it cannot be one line of text. Empty is Refused(EMPTY)."""
    line = _cleaned(text, LINE_MOST)
    if isinstance(line, Refused):
        return line
    if _BREAKS.search(line):
        return Refused(Reason.LINE_BREAK)
    if "\t" in line:
        return Refused(Reason.UNREADABLE_CHARACTERS)
    return line


def clean_lines(text: str) -> str | Refused:
    """As clean_line, but line breaks (made `\\n`) and tabs may stand inside."""
    lines = _cleaned(text, TEXT_MOST)
    return lines if isinstance(lines, Refused) else _BREAKS.sub("\n", lines)


def _cleaned(text: str, most: int) -> str | Refused:
    if len(text) > most:
        return Refused(Reason.TOO_LONG, max_length=most)
    cleaned = INVISIBLE.sub("", text).strip(_BLANKS)
    if not cleaned:
        return Refused(Reason.EMPTY)
    if _UNREADABLE.search(cleaned):
        return Refused(Reason.UNREADABLE_CHARACTERS)
    return unicodedata.normalize("NFC", cleaned)


def compatible(line: str) -> str:
    """NFKC with every decimal digit as 0-9: full-width, Arabic and Persian writing in one form."""
    if line.isascii():
        return line
    line = unicodedata.normalize("NFKC", line)
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in line)


def typed(text: str) -> str | Refused:
    """What the readers of dates, numbers and words start from: one clean line, compatible, lower case, single blanks."""
    line = clean_line(text)
    if isinstance(line, Refused):
        return line
    return _SPACES.sub(" ", JOINERS.sub("", compatible(line)).casefold().translate(ALIKE)).strip() or Refused(Reason.EMPTY)


def identifier(text: str, reason: Reason) -> str | Refused:
    """Upper case without blanks and separators; anything but ASCII is Refused(reason): a look-alike letter is not that letter."""
    line = clean_line(text)
    if isinstance(line, Refused):
        return line
    bare = re.sub(r"[\s.\-/_–—]", "", line)
    if not bare:
        return Refused(reason)
    return bare.upper() if bare.isascii() else Refused(reason)


def asks(text: str) -> bool:
    """Whether a question mark stands in it, of whatever script: 同意？ and بله؟ agree to nothing."""
    return _QUESTION_MARKS.search(text) is not None


def ends_asking(text: str) -> bool:
    """Whether it ends with one: what is asked at length begins with any word."""
    return asks(text.rstrip(" .!…»”\"'")[-1:])


def is_latin(text: str) -> bool:
    """Whether all letters in it are Latin ones; no letter is none of another script."""
    return text.isascii() or all("LATIN" in unicodedata.name(sign, "") for sign in text if sign.isalpha())


def is_han(sign: str) -> bool:
    """A sign of a script that puts no blanks between words."""
    return "\u3400" <= sign <= "\u9fff" or sign == "〇"


def openings(phrases: Iterable[str]) -> tuple[str, ...]:
    """For `startswith` of folded words, longest first: each phrase with the blank that follows it, which no Chinese word has."""
    return tuple(sorted((phrase if is_han(phrase[-1]) else f"{phrase} " for phrase in map(fold, phrases) if phrase), key=len, reverse=True))


def closings(phrases: Iterable[str]) -> tuple[str, ...]:
    """For `endswith` likewise."""
    return tuple(sorted((phrase if is_han(phrase[0]) else f" {phrase}" for phrase in map(fold, phrases) if phrase), key=len, reverse=True))


def names(name: str, said: str) -> bool:
    """Whether the name stands among the words, both folded."""
    return name in said and (is_han(name[0]) or f" {name} " in f" {said} ")


def strip_han(words: str, small: Collection[str]) -> str:
    """Without these at either end, as long as something is left, where no blanks stand between words."""
    if not words or not is_han(words[0]):
        return words
    for word in small:
        for bare in (words.removeprefix(word), words.removesuffix(word)):
            if is_han(word[0]) and bare and bare != words:
                return strip_han(bare.strip(), small)
    return words


@lru_cache(maxsize=16)  # one message is looked at for several things
def fold(words: str) -> str:
    """Words as they are compared: no case, no accents (й = и, ё = е), punctuation as single blanks ("L'Aquila" = "l aquila")."""
    decomposed = unicodedata.normalize("NFKD", words.casefold())
    if not decomposed.isascii():
        decomposed = "".join(sign for sign in decomposed if not unicodedata.combining(sign)).translate(ALIKE)
    return _NOT_WORD.sub(" ", decomposed).strip()


def is_zalgo(text: str) -> bool:
    marks = 0
    for sign in unicodedata.normalize("NFD", text):
        marks = marks + 1 if unicodedata.combining(sign) else 0
        if marks > MARKS_MOST:
            return True
    return False
