"""Runs a program in this process as the ``python`` command runs it in one of its own.

The program gets a ``__main__`` of its own, its arguments as ``sys.argv``, and Ctrl-C as KeyboardInterrupt; its outcome
becomes the exit code that the command would have had. One program at a time: all these belong to the process.
"""

import os
import sys

from . import _host

INTERRUPTED = 130       # what a shell reports for a command that SIGINT ended
FLUSH_FAILED = 120      # what python exits with when its output could not be written
_FUNCTION = type(lambda: None)
_METHOD = type(_host.flush.__get__(0))

_depth = 0


def run_module(name, arguments, interruptible):
    """Run a module or package as ``python -m`` does and return the exit code."""
    return _run(['-m', *arguments], interruptible, _run_as_main, name)


def run_entry_point(module, attribute, program, arguments, interruptible):
    """Import *module*, call what *attribute* names in it as a console script does, and return the exit code.

    ``sys.argv`` is *program* and the arguments. A callable that requires one positional parameter gets the arguments."""
    return _run([program, *arguments], interruptible, _call_entry_point, module, attribute)


def _run_as_main(name):
    # The function behind -m. It changes argv[0] to the file's name and exits with a message where there is no such module.
    from runpy import _run_module_as_main
    _run_module_as_main(name)


def _call_entry_point(module, attribute):
    from importlib import import_module
    target = import_module(module)
    for name in attribute.split('.'):
        target = getattr(target, name)
    sys.exit(target(sys.argv[1:]) if _requires_one(target) else target())


def _requires_one(target):
    """Whether a callable has exactly one positional parameter without a default."""
    function, bound = (target.__func__, 1) if isinstance(target, _METHOD) else (target, 0)
    if type(function) is _FUNCTION and not hasattr(function, '__wrapped__') and not hasattr(function, '__signature__'):
        return function.__code__.co_argcount - len(function.__defaults__ or ()) - bound == 1
    from inspect import signature       # slow to import, and seldom needed
    try:
        parameters = signature(target).parameters.values()
    except (TypeError, ValueError):     # a callable written in C that does not describe itself
        return False
    return 1 == sum(1 for parameter in parameters if parameter.default is parameter.empty
                    and parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD))


def _run(argv, interruptible, start, *args):
    global _depth
    outer = sys.argv, sys.modules.get('__main__')
    sys.argv = argv
    sys.modules['__main__'] = _new_main()
    _complete_builtins()
    _depth += 1
    process = os.getpid()
    try:
        if interruptible:
            take_interrupts()
        code = _outcome(start, args)
        if os.getpid() != process:
            _end_child(code)
    finally:
        _depth -= 1
        if _depth:
            # A program that runs another one gets its own back. The last one stays: its threads and atexit functions look here.
            sys.argv, sys.modules['__main__'] = outer
    return code if _host.flush() else FLUSH_FAILED


def _end_child(code):
    """End a forked child where its program ends: .NET's other threads are not in it, so managed code would hang."""
    _host.join_threads()
    _host.finish()
    os._exit((code if _host.flush() else FLUSH_FAILED) & 0xff)


def _new_main():
    main = type(sys)('__main__')
    main.__builtins__ = sys.modules['builtins']
    main.__loader__ = main.__builtins__.__loader__
    return main


def _complete_builtins():
    """Add what site adds to builtins for programs; an isolated start does without site."""
    builtins = sys.modules['builtins']
    if not hasattr(builtins, 'exit'):
        from _sitebuiltins import Quitter, _Helper
        end = 'Ctrl-Z plus Return' if sys.platform == 'win32' else 'Ctrl-D (i.e. EOF)'
        builtins.quit, builtins.exit, builtins.help = Quitter('quit', end), Quitter('exit', end), _Helper()


def take_interrupts():
    """Put Python's handler for Ctrl-C in charge, unless the signal is ignored or the program has set its own."""
    from _signal import SIGINT, SIG_DFL, SIG_IGN, default_int_handler, getsignal, signal
    handler = getsignal(SIGINT)
    if handler != SIG_IGN:
        signal(SIGINT, default_int_handler if handler in (None, SIG_DFL) else handler)


def _outcome(start, args):
    try:
        start(*args)
        return 0
    except BaseException as error:
        caught = error
    # Outside of the except clause, so that what a hook raises does not get the exception as its context.
    return _exit_code(caught) if isinstance(caught, SystemExit) else _uncaught(caught)


def _exit_code(error):
    code = error.code
    if code is None:
        return 0
    if isinstance(code, int):
        # What C makes of it: a long, then an int.
        size = 32 if sys.platform == 'win32' else 64
        if not -1 << size - 1 <= code < 1 << size - 1:
            return -1
        return (code + (1 << 31)) % (1 << 32) - (1 << 31)
    _host.say(code)
    return 1


def _program_trace(error):
    """The traceback without this module's frames, which the command has not."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_globals is globals():
        trace = trace.tb_next
    error.__traceback__ = trace
    return trace


def _uncaught(error):
    kind, trace = type(error), _program_trace(error)
    sys.last_type, sys.last_value, sys.last_traceback = kind, error, trace
    if sys.version_info >= (3, 12):
        sys.last_exc = error
    try:
        hook = getattr(sys, 'excepthook', None)
        if hook is None:
            _host.say('sys.excepthook is missing')
            hook = _host.show_exception
        hook(kind, error, trace)
    except SystemExit as exit:
        return _exit_code(exit)
    except BaseException as second:
        _host.say('Error in sys.excepthook:')
        _host.show_exception(type(second), second, _program_trace(second))
        _host.say('\nOriginal exception was:')
        _host.show_exception(kind, error, trace)
    return INTERRUPTED if isinstance(error, KeyboardInterrupt) else 1
