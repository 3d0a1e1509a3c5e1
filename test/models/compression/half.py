"""Writes half.json: doubles and their halves as CPython's struct rounds them (round half to even, IEEE 754 binary16)."""
import json
import random
import struct

random.seed(4711)
values = [0.0, -0.0, 1.0, -2.0, 65504.0, 65519.99, 2.0**-14, 2.0**-24, 2.0**-25, 3 * 2.0**-26, 2.0**-25 * 1.0000001, 5e-324, 1 / 3]
# Halfway between two halves, and a hair to either side: where rounding twice, through single precision, goes wrong.
for _ in range(80):
    exponent, fraction = random.randint(-14, 15), random.randint(0, 1023)
    middle = (1024.5 + fraction) * 2.0 ** (exponent - 10)
    if middle < 65519:
        values += [middle, middle * (1 + 2.0**-40), -middle * (1 - 2.0**-40)]
values += [(random.randint(0, 1023) + 0.5) * 2.0**-24 for _ in range(30)]
values += [random.uniform(-1, 1) * 2.0 ** random.randint(-30, 15) for _ in range(100)]
halves = [int.from_bytes(struct.pack(">e", x), "big") for x in values]
print(json.dumps([[float.hex(x) if x != x else repr(x), h] for x, h in zip(values, halves)]))
