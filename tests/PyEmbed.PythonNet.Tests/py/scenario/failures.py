"""Functions that raise, and that call what raises."""


class ScenarioError(Exception):
    def __init__(self, message, code=0):
        super().__init__(message)
        self.code = code


def fail(message):
    raise ScenarioError(message, code=7)  # the line that fails


def call(function, *arguments):
    return function(*arguments)  # the line that calls out


def call_and_catch(function):
    try:
        function()
    except Exception as error:
        return error
    return None


def chained(function):
    try:
        function()
    except Exception as error:
        raise ScenarioError("while chaining") from error
