"""Texts that nobody would write and somebody will send: seeded, so a failure repeats."""

import random

_ODD = "\x00\n\t'\";/\\%_$^*.-–()[]{}#éßſİΩ☃😀\u202e\ud800"  # noqa: RUF001
_PLAIN = "abcdefgiklmnopqrstuvxyABCDEGIPRSTVY0123456789     "


def mangled(words, count, seed=0):
    """``count`` texts: words cut, doubled, joined and peppered with odd characters."""
    dice = random.Random(seed)  # noqa: S311 - of no secret

    def one():
        text = " ".join(dice.choices(words, k=dice.randint(0, 2)))
        for _ in range(dice.randint(0, 4)):
            at = dice.randint(0, len(text))
            letter = dice.choice(dice.choice((_ODD, _PLAIN)))
            text = (
                text[:at] + dice.choice((letter, "", letter * 3)) + text[at + dice.randint(0, 2) :]
            )
        return dice.choice((str, str.upper, str.title, str.swapcase))(text)

    return [one() for _ in range(count)]
