"""National identity numbers of the region: does the check digit fit?

Algorithms as published by the issuing states and in the literature on them; a number that fails is just a number.
"""

from __future__ import annotations


def _weighted(digits: str, weights: str) -> int:
    return sum(int(d) * int(w) for d, w in zip(digits, weights, strict=False))


def _date(day: str, month: str) -> bool:
    return 1 <= int(day) <= 31 and 1 <= int(month) <= 12


def is_jmbg(digits: str) -> bool:
    """Thirteen digits of the former Yugoslav register (rs, ba, me, mk, xk, older hr)."""
    rest = 11 - _weighted(digits, "765432765432") % 11
    return _date(digits[:2], digits[2:4]) and int(digits[12]) == (rest if rest < 10 else 0)


def is_cnp(digits: str) -> bool:
    """Thirteen digits, Romania."""
    rest = _weighted(digits, "279146358279") % 11
    return digits[0] != "0" and _date(digits[5:7], digits[3:5]) and int(digits[12]) == (1 if rest == 10 else rest)


def is_idnp(digits: str) -> bool:
    """Thirteen digits, Moldova; those of persons begin with 2 (0 for older ones)."""
    return digits[0] in "02" and int(digits[12]) == _weighted(digits, "731731731731") % 10


def is_oib(digits: str) -> bool:
    """Eleven digits, Croatia (ISO 7064 mod 11,10)."""
    rest = 10
    for digit in digits[:10]:
        rest = ((rest + int(digit)) % 10 or 10) * 2 % 11
    return (rest + int(digits[10])) % 10 == 1


def is_tckimlik(digits: str) -> bool:
    """Eleven digits, Türkiye."""
    numbers = [int(d) for d in digits]
    tenth = (7 * sum(numbers[:9:2]) - sum(numbers[1:8:2])) % 10
    return numbers[0] != 0 and numbers[9] == tenth and numbers[10] == sum(numbers[:10]) % 10


def is_nid(code: str) -> bool:
    """A letter, eight digits, a letter: Albania. Letters count A = 1 … V = 22, W = 0, in steps of 23."""
    alphabet = "WABCDEFGHIJKLMNOPQRSTUV"
    month, day = int(code[2:4]), code[4:6]
    if not any(low < month <= low + 12 for low in (0, 30, 50, 80)) or not _date(day, "1"):
        return False
    rest = alphabet.find(code[0].upper()) + _weighted(code[1:9], "12345678")
    return alphabet[rest % 23] == code[9].upper()


def is_identity(code: str) -> bool:
    """Is this one of the national identity numbers above?

    >>> is_identity("10000000146"), is_identity("10000000148")
    (True, False)
    """
    if len(code) == 13:
        return is_jmbg(code) or is_cnp(code) or is_idnp(code)
    if len(code) == 11:
        return is_oib(code) or is_tckimlik(code)
    return len(code) == 10 and code[0].isalpha() and is_nid(code)
