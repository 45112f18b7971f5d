"""What the conformance suites share: trees in place of folders, runs in child processes, expectations and reports."""
