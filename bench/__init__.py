"""Benchmarks. They build their data from a seed in databases of their own, and print ratios measured in one run."""
