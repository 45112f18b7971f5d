"""Named like a namespace of .NET that the test assembly has too."""

import System

ORIGIN = "python"
LINE = System.Environment.NewLine
