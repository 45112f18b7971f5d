"""A worker: a forked child of a pool's template that serves one request and ends.

Its descriptors: 0 is the null device, 1 and 2 are pipes to the template, and so is 3, where it writes its answer. There
frames of u32 length (little endian), u8 kind and a payload go: log records, and last the value or the error, after which it
ends without more ado: threads that the request has started end with it, and so does all else of its process group.
"""

import os
import signal
import sys

from . import _importer
from ._worker_values import NotPlainError, pack, unpack

DESCRIPTORS = 5
_ANSWER, _REQUEST = 3, 4
LOG, VALUE, ERROR = 1, 2, 3
_BROKEN = 70                # exit code of a child that could not even say what is wrong

_LONGEST = 1 << 16          # characters of an error's message, and of its traceback


def prepare():
    """Import, in the template, what every request needs."""
    import linecache        # for tracebacks
    import logging
    import runpy
    import traceback
    from . import _host, _run, _worker_hook, _worker_limits
    logging.root.addHandler(_handler(logging))
    logging.root.setLevel(logging.INFO)


def exempt(function, *arguments):
    """Call a function whose imports no policy need allow."""
    policy = sys.modules.get('pyembed._policy')
    return function(*arguments) if policy is None else policy.exempt(function, *arguments)


def settle(settings, walls, arguments):
    """In the template, when all is imported: the last arguments of enter()."""
    from . import _worker_hook, _worker_limits
    limits = {**settings['limits'], 'priority': _worker_limits.priority()}
    if arguments:
        limits['memory'] += _worker_limits.address_space(int(arguments[1]))
        for descriptor in arguments[:2]:
            os.close(int(descriptor))
    grants, hook = settings['grants'], None
    if grants is not None:
        from . import _registry
        from ._mounts import standard_library
        library = _registry.library or standard_library()       # sys.path may not name it any more
        readable = [*library, *settings['paths'], _importer.store(), '/usr/share/zoneinfo', '/etc/localtime']
        for path in readable[:]:
            readable.append(os.path.realpath(path))
        hook = _worker_hook.prepare(grants, readable, library, 'Landlock' in walls)
        exempt(_worker_hook.seal, hook[_worker_hook.MODULES])
    return limits, hook


def enter(descriptors, highest, limits, hook):
    """In a forked child: serve one request and end. *descriptors* are the pipes for 4, 3, 1 and 2, *highest* is the highest
    number of one that is open; *limits* and *hook* are of settle()."""
    code = _BROKEN
    try:
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        os.setpgid(0, 0)        # no session of its own: some systems share processors out by those, whatever the priorities
        for descriptor, number in zip(descriptors, (_REQUEST, _ANSWER, 1, 2)):
            os.dup2(descriptor, number)
        os.closerange(DESCRIPTORS, highest + 1)
        from . import _worker_hook, _worker_limits
        _worker_limits.apply(limits)
        if hook is not None:
            sys.addaudithook(_worker_hook.make(hook))
        body = _read_request()
        if body is not None:
            serve(unpack(body))
        code = 0
    except BaseException:
        import traceback
        traceback.print_exc()
    finally:
        os._exit(code)


def _read_request():
    """The request; None where the template has ended, or has no use for this child."""
    head = _read(4)
    body = head and _read(int.from_bytes(head, 'little'))
    os.close(_REQUEST)
    return body


def _read(size):
    data = bytearray()
    while len(data) < size:
        part = os.read(_REQUEST, min(size - len(data), 1 << 20))
        if not part:
            return None
        data += part
    return bytes(data)


def serve(request):
    """Run a request, a dict as docs/formats.md section 8 has it, and write the answer."""
    text = request.get('input')
    if text is not None:
        from io import StringIO
        sys.stdin = StringIO(text)
    try:
        value = _KINDS[request['kind']](**request['what'])
    except BaseException as error:
        frame = ERROR, pack(_described(error))
    else:
        try:
            frame = VALUE, pack(value)
        except NotPlainError as error:
            frame = ERROR, pack({'kind': 'value', 'type': 'TypeError', 'message': str(error), 'traceback': ''})
        except BaseException as error:      # no memory, or code of the value's own
            frame = ERROR, pack(_described(error))
    from ._host import flush
    flush()
    _send(*frame)


def _send(kind, payload):
    view = memoryview((len(payload) + 1).to_bytes(4, 'little') + bytes([kind]) + payload)
    while view:
        view = view[os.write(_ANSWER, view):]


# What a request asks for #############################################################################################

def _call(module, attribute, arguments, keywords):
    from importlib import import_module
    target = import_module(module)
    for name in attribute.split('.'):
        target = getattr(target, name)
    return target(*arguments, **keywords)


def _run_module(module, arguments):
    from runpy import _run_module_as_main
    sys.argv = ['-m', *arguments]
    sys.modules['__main__'] = _new_main()
    _as_program(_run_module_as_main, module)


def _run_script(name, source, variables, arguments):
    import linecache
    file = f'<{name}>'
    linecache.cache[file] = len(source), None, source.splitlines(True), file
    sys.argv = [name, *arguments]
    main = sys.modules['__main__'] = _new_main()
    main.__dict__.update(variables)
    code = compile(source, file, 'exec', dont_inherit=True)
    _as_program(exec, code, main.__dict__)
    return main.__dict__.get('result')


_KINDS = {'function': _call, 'module': _run_module, 'script': _run_script}


def _new_main():
    from ._run import _complete_builtins, _new_main
    _complete_builtins()
    return _new_main()


def _as_program(function, *arguments):
    """Call; what a program says to be its good end is one."""
    try:
        function(*arguments)
    except SystemExit as end:
        if end.code not in (None, 0):
            raise


# Errors ##############################################################################################################

def _described(error):
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == 'builtins' else f'{kind.__module__}.{kind.__qualname__}'
    return {'kind': 'memory' if isinstance(error, MemoryError) else 'raised', 'type': name[:_LONGEST],
            'message': _text(str, error), 'traceback': _text(_traceback, error)}


def _text(make, error):
    """A text of an error, of which code of its own may be the maker."""
    try:
        text = make(error)
        if len(text) > _LONGEST:
            text = f'{text[:_LONGEST // 2]}\n[...]\n{text[-_LONGEST // 2:]}'
        return text.encode('utf-8', 'backslashreplace').decode()
    except BaseException as second:
        return f'<a {type(error).__name__} whose text cannot be made: {type(second).__name__}>'


def _traceback(error):
    from traceback import format_exception
    trace = error.__traceback__
    while trace is not None and (trace.tb_frame.f_globals is globals() or trace.tb_frame.f_globals.get('__name__') == 'runpy'):
        trace = trace.tb_next
    return ''.join(format_exception(type(error), error, trace))


# Log records #########################################################################################################

def _handler(logging):
    class Handler(logging.Handler):
        """Sends records to the host."""

        def emit(self, record):
            try:
                trace = logging.Formatter().formatException(record.exc_info) if record.exc_info else None
                _send(LOG, pack({'level': record.levelno, 'logger': record.name, 'message': record.getMessage(),
                                 'time': record.created, 'exception': trace}))
            except Exception:
                self.handleError(record)

    return Handler()
