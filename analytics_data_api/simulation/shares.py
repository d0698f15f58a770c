"""Whole numbers in given proportions."""

from collections.abc import Sequence


def apportioned(total: int, weights: Sequence[float]) -> list[int]:
    """Whole numbers that add up to ``total``, as close to the weights' proportions as can be."""
    quotas = [total * weight / sum(weights) for weight in weights]
    shares = [int(quota) for quota in quotas]
    by_remainder = sorted(range(len(quotas)), key=lambda number: (shares[number] - quotas[number], number))
    for number in by_remainder[: total - sum(shares)]:
        shares[number] += 1
    return shares
