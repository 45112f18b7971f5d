"""Measures what the project promises: one workload a module of ``workloads``, one way of measuring (``rounds``), one list of rows."""
