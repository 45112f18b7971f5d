"""What the operating system holds a worker to."""

import resource

_PAGE = resource.getpagesize()


def apply(limits):
    """Limit this process: *limits* are ``memory`` and ``file`` in bytes, ``cpu`` in whole seconds, ``descriptors`` in number;
    None, or a key that is not there, for no limit."""
    _limit(resource.RLIMIT_CORE, 0)
    memory = limits.get('memory')
    if memory is not None:
        _limit(resource.RLIMIT_AS, memory + _address_space())
    cpu = limits.get('cpu')
    if cpu is not None:
        _limit(resource.RLIMIT_CPU, cpu, cpu + 1)       # SIGXCPU, and where that is ignored SIGKILL
    _limit(resource.RLIMIT_FSIZE, limits.get('file'))
    _limit(resource.RLIMIT_NOFILE, limits.get('descriptors'))


def _limit(kind, soft, hard=None):
    if soft is None:
        return
    hard = soft if hard is None else hard
    most = resource.getrlimit(kind)[1]
    if most != resource.RLIM_INFINITY:
        soft, hard = min(soft, most), min(hard, most)
    resource.setrlimit(kind, (soft, hard))


def _address_space():
    """What the process has already: that of the interpreter and of what its template has imported."""
    try:
        with open('/proc/self/statm', encoding='ascii') as file:
            return int(file.read().split()[0]) * _PAGE
    except OSError:
        return 0
