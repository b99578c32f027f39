"""Korean particles after bound values: 은 or 는, 이 or 가 … as the value is read aloud."""

import re

from ontrial.errors import InputError, unknown

PAIRS = {pair: pair.split("/") for pair in ("은/는", "이/가", "을/를", "과/와", "으로/로")}

# Final consonant of what is read aloud; what isn't listed ends in a vowel.
DIGITS = {"0": "ㅇ", "1": "ㄹ", "3": "ㅁ", "6": "ㄱ", "7": "ㄹ", "8": "ㄹ"}  # 영 일 삼 육 칠 팔
LETTERS = {"l": "ㄹ", "m": "ㅁ", "n": "ㄴ", "L": "ㄹ", "M": "ㅁ", "N": "ㄴ", "R": "ㄹ"}  # 엘 엠 엔 알; words in l, m, n
WORDS = {"epoch": "ㄱ", "glorot": "ㅅ", "dropout": "ㅅ"}  # 에폭 글로럿 드롭아웃

SYLLABLES = range(ord("가"), ord("힣") + 1)
FINALS = 28  # forms of a syllable by its final consonant, the first without one
RIEUL = 8  # the form that ends in ㄹ


def particle(value: object, pair: str) -> str:
    """Text of a value with the particle of a pair that fits how it ends: particle("96.5%", "이/가") is "96.5%가".

    A remark in brackets at the end doesn't count, nor does markup. Raises InputError for an unknown pair.
    """
    if pair not in PAIRS:
        raise InputError(unknown("pair of particles", pair, PAIRS))
    after_consonant, after_vowel = PAIRS[pair]
    final = final_consonant(str(value))
    closed = final != "" and not (final == "ㄹ" and pair == "으로/로")
    return f"{value}{after_consonant if closed else after_vowel}"


def final_consonant(text: str) -> str:
    """Final consonant of a text as it is read aloud, "" if it ends in a vowel. Only ㄹ is told from others."""
    read = re.sub(r"<[^>]*>|[*_`$]", "", text).strip()
    read = re.sub(r"\s*\([^()]*\)$", "", read)
    read = re.sub(r"[^\w%]+$", "", read)
    if not read:
        return ""
    last = read[-1]
    if ord(last) in SYLLABLES:
        form = (ord(last) - SYLLABLES.start) % FINALS
        return "" if form == 0 else "ㄹ" if form == RIEUL else "ㅇ"
    word = re.search(r"[A-Za-z]*$", read)[0]
    return WORDS.get(word.lower(), (DIGITS | LETTERS).get(last, ""))
