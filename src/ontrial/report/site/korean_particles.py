"""Choose the Korean particle after a computed value (은 or 는, 이 or 가 …) by how the value is read aloud."""

import re

from ontrial.errors import InputError, unknown

PAIRS = {pair: pair.split("/") for pair in ("은/는", "이/가", "을/를", "과/와", "으로/로")}

# Final consonant of the Korean reading. Characters that are not listed end in a vowel.
DIGITS = {"0": "ㅇ", "1": "ㄹ", "3": "ㅁ", "6": "ㄱ", "7": "ㄹ", "8": "ㄹ"}  # 영 일 삼 육 칠 팔
LETTERS = {
    "l": "ㄹ",
    "m": "ㅁ",
    "n": "ㄴ",
    "L": "ㄹ",
    "M": "ㅁ",
    "N": "ㄴ",
    "R": "ㄹ",
}  # 엘 엠 엔 알; also words ending in l, m, n
WORDS = {"epoch": "ㄱ", "glorot": "ㅅ", "dropout": "ㅅ"}  # 에폭 글로럿 드롭아웃

SYLLABLES = range(ord("가"), ord("힣") + 1)
FINALS = 28  # number of possible finals, by which Unicode orders syllables; the first is none
RIEUL = 8  # index of the final ㄹ


def particle(value: object, pair: str) -> str:
    """Return a value as text, followed by the right particle of a pair: particle("96.5%", "이/가") is "96.5%가".

    Markup and a final remark in brackets are ignored. Raises InputError for an unknown pair.
    """
    if pair not in PAIRS:
        raise InputError(unknown("pair of particles", pair, PAIRS))
    after_consonant, after_vowel = PAIRS[pair]
    final = _final_consonant(str(value))
    closed = final != "" and not (final == "ㄹ" and pair == "으로/로")
    return (value if isinstance(value, str) else str(value)) + (after_consonant if closed else after_vowel)


def _final_consonant(text: str) -> str:
    """Return the final consonant of a text as it is read aloud; "" if it ends in a vowel.

    After Hangul, "ㅇ" stands for every consonant except ㄹ.
    """
    spoken = re.sub(r"<[^>]*>|[*_`$]", "", text).strip()
    spoken = re.sub(r"\s*\([^()]*\)$", "", spoken)
    spoken = re.sub(r"[^\w%]+$", "", spoken)
    if not spoken:
        return ""
    spoken = re.sub(r"(\d+)/\d+$", r"\1", spoken)  # a fraction is read with its numerator last
    last = spoken[-1]
    if ord(last) in SYLLABLES:
        final = (ord(last) - SYLLABLES.start) % FINALS
        return "" if final == 0 else "ㄹ" if final == RIEUL else "ㅇ"
    word = re.split(r"[^A-Za-z]", spoken)[-1]
    return WORDS.get(word.lower(), (DIGITS | LETTERS).get(last, ""))
