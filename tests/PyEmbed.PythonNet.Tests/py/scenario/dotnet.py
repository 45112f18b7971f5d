"""A module that uses .NET as pythonnet offers it."""

import clr
import System
from System import Environment, Math, String
from System.Collections.Generic import Dictionary, List

clr.AddReference("System.Xml.XDocument")
from System.Xml.Linq import XElement


def numbers(*values):
    result = List[int]()
    for value in values:
        result.Add(value)
    return result


def table(**pairs):
    result = Dictionary[String, System.Int32]()
    for name, value in pairs.items():
        result[name] = value
    return result


def element(name, text):
    return XElement.Parse(f"<{name}>{text}</{name}>")


def largest(left, right):
    return Math.Max(left, right)


def processors():
    return Environment.ProcessorCount


def concatenated(*parts):
    return String.Concat(*parts)


def catch_(function):
    """The .NET exception that a call raises, by its type."""
    try:
        function()
    except System.ArgumentException as error:
        return type(error).__name__, error.Message, error.ParamName
    except System.Exception as error:
        return type(error).__name__, error.Message
    return None
