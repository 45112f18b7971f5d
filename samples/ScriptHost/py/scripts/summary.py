"""Mean, median and deviation of numbers."""

import statistics


def run(numbers):
    print(f'{len(numbers)} numbers')
    return {
        'mean': statistics.fmean(numbers),
        'median': statistics.median(numbers),
        'deviation': statistics.pstdev(numbers),
    }
