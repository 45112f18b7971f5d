"""Counts primes on every core of a Dask cluster whose workers have none of this code."""
