"""The prime numbers below a limit, by the sieve of Eratosthenes."""


def run(limit=100):
    if not isinstance(limit, int) or not 0 <= limit <= 10_000_000:
        raise ValueError(f'limit is {limit!r}: give a whole number from 0 to 10,000,000')
    sieve = bytearray([1]) * limit
    for number in range(2, int(limit ** 0.5) + 1):
        if sieve[number]:
            sieve[number * number::number] = bytes(len(range(number * number, limit, number)))
    return [number for number in range(2, limit) if sieve[number]]
