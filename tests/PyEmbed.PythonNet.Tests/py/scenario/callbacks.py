"""Python code that .NET calls and that calls .NET."""

import threading


def apply(function, *arguments, **keywords):
    return function(*arguments, **keywords)


def apply_on_threads(function, count, times):
    """Calls a function on Python's own threads; what it returned, or raised, in order of the threads."""
    results = [None] * count

    def work(index):
        try:
            for _ in range(times):
                results[index] = function(index)
        except BaseException as error:
            results[index] = error

    threads = [threading.Thread(target=work, args=(index,)) for index in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def twice(function, value):
    return function(function(value))


def make_adder(amount):
    return lambda value: value + amount


class Counter:
    """Its bound method is an event handler, an instance a callable."""

    def __init__(self):
        self.seen = []

    def handle(self, sender, arguments):
        self.seen.append((sender, arguments))

    def __call__(self, value):
        self.seen.append(value)
        return len(self.seen)


class Managed:
    """A context manager that remembers what it saw."""

    def __init__(self, swallow=False):
        self.swallow = swallow
        self.events = []

    def __enter__(self):
        self.events.append("enter")
        return self

    def __exit__(self, kind, value, traceback):
        self.events.append("exit" if kind is None else kind.__name__)
        return self.swallow

    def fail(self):
        raise KeyError("inside the block")


def countdown(start):
    while start:
        yield start
        start -= 1


def total(values):
    result = 0
    for value in values:
        result += value
    return result


def dispose_with(resource, fail=False):
    with resource as entered:
        if fail:
            raise ValueError("inside the with block")
        return entered
