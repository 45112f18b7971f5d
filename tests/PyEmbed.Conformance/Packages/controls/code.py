"""Ends with another exit code where it is embedded."""

import sys

sys.exit("pyembed" in type(__loader__).__module__)
