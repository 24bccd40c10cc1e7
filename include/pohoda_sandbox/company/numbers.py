"""Registration and tax numbers with right checksums, by country."""

from random import Random

_ICO_WEIGHTS = (8, 7, 6, 5, 4, 3, 2)


def ico(draw: Random) -> str:
    """A Czech or Slovak company number: seven digits and their check digit modulo 11."""
    while True:
        base = f"{draw.randrange(1_000_000, 9_999_999)}"
        check = _ico_check(base)
        if check is not None:
            return base + check


def _ico_check(base: str) -> str | None:
    rest = sum(int(digit) * weight for digit, weight in zip(base, _ICO_WEIGHTS, strict=True)) % 11
    return str((11 - rest) % 10)


def wrong_ico(right: str) -> str:
    """The number with another last digit."""
    return right[:-1] + str((int(right[-1]) + 1) % 10)


def slovak_tax_number(draw: Random) -> str:
    """A Slovak DIČ of ten digits divisible by 11, which its IČ DPH repeats after SK."""
    base = draw.randrange(2_020_000_000, 2_024_999_999)
    return str(base - base % 11)


def foreign_vat(country: str, draw: Random) -> str:
    """A VAT number of Germany, Austria, Poland or Hungary with its prefix and check digit."""
    return {"DE": _german, "AT": _austrian, "PL": _polish, "HU": _hungarian}[country](draw)


def _german(draw: Random) -> str:
    digits = [draw.randrange(1, 10), *(draw.randrange(10) for _ in range(7))]
    product = 10
    for digit in digits:
        total = (digit + product) % 10 or 10
        product = 2 * total % 11
    check = (11 - product) % 10
    return "DE" + "".join(map(str, digits)) + str(check)


def _austrian(draw: Random) -> str:
    digits = [draw.randrange(10) for _ in range(7)]
    total = 0
    for place, digit in enumerate(digits):
        doubled = digit * (2 if place % 2 else 1)
        total += doubled // 10 + doubled % 10
    return "ATU" + "".join(map(str, digits)) + str((96 - total) % 10)


def _polish(draw: Random) -> str:
    while True:
        digits = [draw.randrange(1, 10), *(draw.randrange(10) for _ in range(8))]
        check = sum(d * w for d, w in zip(digits, (6, 5, 7, 2, 3, 4, 5, 6, 7), strict=True)) % 11
        if check < 10:
            return "PL" + "".join(map(str, digits)) + str(check)


def _hungarian(draw: Random) -> str:
    digits = [draw.randrange(1, 10), *(draw.randrange(10) for _ in range(6))]
    total = sum(d * w for d, w in zip(digits, (9, 7, 3, 1, 9, 7, 3), strict=True))
    return "HU" + "".join(map(str, digits)) + str((10 - total) % 10)
