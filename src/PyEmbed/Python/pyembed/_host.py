"""What a host program sets up in CPython when it starts it, and does when it stops it.

Run at every start, so it imports nothing that the start does not need.
"""

import os
import sys
import _thread

# The C code behind these hooks opens files to show their source lines; traceback asks the loaders. 3.13 uses traceback itself.
_HOOKS_NEEDED = sys.version_info < (3, 13)

_DOTNET_SIGNALS = 'SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGCHLD', 'SIGCONT', 'SIGTSTP', 'SIGTTIN', 'SIGTTOU', 'SIGWINCH'

program = ''        # the executable of this process, where CPython runs inside a .NET process
interpreter = ''    # the python program that was found to belong to this CPython, where PyEmbed started it
_starter = None     # get_ident() and get_native_id() of the thread that started CPython, where PyEmbed did
_main_lock = None   # held while threading's main thread counts as running, where that is ours to say
_masks = {}         # of the threads that fork at this moment: thread -> the signals that it had blocked before
_forked = []        # views of the bytes that say whether this is a forked child of such a process


def enter(path, forked):
    """Learn that this is a .NET process: the path of its executable, and a view of a byte to be set in forked children.

    Each copy of PyEmbed in the process calls it."""
    global program
    if not _forked and hasattr(os, 'register_at_fork'):
        os.register_at_fork(before=_hold_signals, after_in_parent=_release_signals, after_in_child=_leave_host)
    program = path
    _forked.append(forked)
    if sys.version_info < (3, 13):
        from ._adapters import ADAPTERS
        ADAPTERS['threading'] = 'pyembed._host:keep_main_thread'
        if 'threading' in sys.modules:
            keep_main_thread(sys.modules['threading'])


# .NET's signal handlers pass signals on by a pipe, which a forked child shares with its parent: SIGTERM sent to a worker
# would end the process that started it. So the child gives up these handlers before a signal can reach it.

def _hold_signals():
    import _signal
    numbers = [getattr(_signal, name) for name in _DOTNET_SIGNALS]
    _masks[_thread.get_ident()] = _signal.pthread_sigmask(_signal.SIG_BLOCK, numbers)


def _release_signals():
    import _signal
    _signal.pthread_sigmask(_signal.SIG_SETMASK, _masks.pop(_thread.get_ident()))


def _leave_host():
    """In a forked child let go of .NET, of whose threads none is there but the forking one."""
    for forked in _forked:
        forked[0] = 1
    if 'pyembed._native' in sys.modules:
        sys.modules['pyembed._native'].leave_forked()
    import _signal
    for name in _DOTNET_SIGNALS:
        number = getattr(_signal, name)
        if _signal.getsignal(number) in (None, _signal.SIG_DFL):        # Python has no handler of its own
            _signal.signal(number, _signal.SIG_DFL)
    _release_signals()


def end_forked_child():
    """End a forked child whose Python code has returned to .NET code."""
    say('RuntimeError: a forked child process returned to .NET code, of whose threads only the forking one is left. End the '
        'child with os._exit(), or fork in a program that RunModule or RunEntryPoint runs.')
    flush()
    os._exit(1)


def configure(executable, arguments, command_line):
    """Make ``sys`` describe the host's process, after CPython was started with arguments of the host's own.

    *executable* is the interpreter that subprocesses run, or ``''`` where there is none. *command_line* is that of the
    process: what ``sys.orig_argv`` is for, starting it again."""
    global interpreter, _starter
    _starter = _thread.get_ident(), getattr(_thread, 'get_native_id', _thread.get_ident)()
    sys.executable = interpreter = executable
    sys.argv = ['', *arguments]
    if hasattr(sys, 'orig_argv'):       # 3.10
        sys.orig_argv = list(command_line)


def add_search_paths(paths):
    """Append to ``sys.path`` what is not on it, and return that."""
    added = [path for path in dict.fromkeys(paths) if path not in sys.path]
    sys.path += added
    return added


def remove_search_paths(added):
    """Undo add_search_paths(), for a host whose start fails later on."""
    for path in added:
        if path in sys.path:
            sys.path.remove(path)


def import_own(name):
    """A module that the host's own code needs. An import policy lets this package have it."""
    __import__(name)
    return sys.modules[name]


def uses_code_cache():
    """Whether a tree that was mounted may have code to keep."""
    return 'pyembed._code_cache' in sys.modules and bool(sys.modules['pyembed._importer'].code_cache())


def write_code_cache():
    """Write what was compiled since the last time; never raises an Exception."""
    sys.modules['pyembed._code_cache'].write_kept()


def install_hooks():
    """Let uncaught exceptions show the source lines of code that is not on disk. Hooks that someone has set stay."""
    if not _HOOKS_NEEDED:
        return
    if sys.excepthook is sys.__excepthook__:
        sys.excepthook = show_exception
    threading = sys.modules.get('threading')
    if threading is None:
        _thread._excepthook = _show_thread_exception    # threading takes it from here
    elif threading.excepthook is _thread._excepthook:
        threading.excepthook = _show_thread_exception


def show_exception(kind, value, trace):
    """Print an exception as CPython does, with the source lines that loaders know."""
    if sys.stderr is None:
        return
    try:
        from traceback import print_exception
    except ImportError:     # a host may have emptied sys.path
        sys.__excepthook__(kind, value, trace)
        return
    try:
        print_exception(kind, value, trace)
    except (OSError, ValueError):
        pass                # stderr is broken or closed: as in CPython, there is nowhere left to say so


def say(text):
    """Write the text of an object to ``sys.stderr``; like CPython, go on where it has no text or cannot be written."""
    try:
        if sys.stderr is not None:
            print(text, file=sys.stderr, flush=True)
    except Exception:
        pass


def _show_thread_exception(args):
    """threading.excepthook; the header is that of CPython."""
    kind, value, trace, thread = args
    if kind is SystemExit:
        return
    say(f'Exception in thread {_thread.get_ident() if thread is None else thread.name}:')
    show_exception(kind, value, trace)


def keep_main_thread(threading):
    """Up to 3.12: let threading's main thread be the one that started CPython, and run until join_threads.

    There it is the thread that imports threading, and ends with that thread's state. In a host any thread may be the first to
    import it, and states come and go; without a main thread that runs, ``threading._shutdown`` joins no other."""
    global _main_lock
    main = threading.main_thread()
    if main._tstate_lock is not None and main._tstate_lock is _main_lock or threading._SHUTTING_DOWN:
        return
    _main_lock = _thread.allocate_lock()
    _main_lock.acquire()
    with threading._shutdown_locks_lock:
        threading._shutdown_locks.discard(main._tstate_lock)
    main._tstate_lock = _main_lock
    main._is_stopped = False
    if _starter is not None and main._ident != _starter[0]:
        with threading._active_limbo_lock:
            if threading._active.get(main._ident) is main:
                del threading._active[main._ident]
            main._ident, main._native_id = _starter
            threading._active[main._ident] = main


def join_threads():
    """Wait for threads that are not daemons, as CPython does before it finalises. Any thread may call this."""
    threading = sys.modules.get('threading')
    if threading is not None:
        if sys.version_info < (3, 13):
            keep_main_thread(threading)
            # Up to 3.12 _shutdown waits for the main thread too, unless that is the one that calls it.
            threading.main_thread()._ident = _thread.get_ident()
        _guarded(threading._shutdown)


def join_program_threads():
    """join_threads on Python's main thread after a program has run there: Ctrl-C ends the waiting, as under ``python``."""
    from ._run import take_interrupts
    take_interrupts()
    join_threads()


def finish():
    """Run atexit's functions and flush, which is the rest of what a program sees of finalisation."""
    from atexit import _run_exitfuncs
    _guarded(_run_exitfuncs)
    flush()


def finish_process():
    """finish(), and from then on no thread that still runs enters .NET code, which ends."""
    finish()
    if 'pyembed._native' in sys.modules:
        sys.modules['pyembed._native'].leave_at_exit()


def _guarded(function):
    """Call; an exception is shown and ends nothing."""
    try:
        function()
    except BaseException as error:
        show_exception(type(error), error, error.__traceback__)


_flush_failed = False       # once is enough to say so


def flush():
    """Flush the standard streams. False where that fails: ``python`` then exits with code 120."""
    global _flush_failed
    failed = False
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None and not getattr(stream, 'closed', False):
                stream.flush()
        except BaseException as error:
            failed = True
            if stream is sys.stdout and not _flush_failed:
                say(f'Exception ignored in: {stream!r}\n{type(error).__name__}: {error}')
    _flush_failed = _flush_failed or failed
    return not failed
