"""What the operating system holds a worker to."""

import os
import resource

_PAGE = resource.getpagesize()


def apply(limits):
    """Limit this process: *limits* are ``memory`` (address space) and ``file`` in bytes, ``cpu`` in whole seconds,
    ``descriptors`` in number, ``priority`` as setpriority(2) has it."""
    os.setpriority(os.PRIO_PROCESS, 0, limits['priority'])
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_AS, limits['memory'])
    _limit(resource.RLIMIT_CPU, limits['cpu'], limits['cpu'] + 1)       # SIGXCPU, and where that is ignored SIGKILL
    _limit(resource.RLIMIT_FSIZE, limits['file'])
    _limit(resource.RLIMIT_NOFILE, limits['descriptors'])


def _limit(kind, soft, hard=None):
    hard = soft if hard is None else hard
    most = resource.getrlimit(kind)[1]
    if most != resource.RLIM_INFINITY:
        soft, hard = min(soft, most), min(hard, most)
    resource.setrlimit(kind, (soft, hard))


def address_space(descriptor):
    """What a process has, by a descriptor of its ``/proc/self/statm``."""
    return int(os.pread(descriptor, 100, 0).split()[0]) * _PAGE


def priority():
    """What a worker is to have: less than this process, so that host and template get on beside many that compute. From 10
    to 19, which is what the kernel lets one be set to later (_worker_guard)."""
    return min(19, max(10, os.getpriority(os.PRIO_PROCESS, 0) + 10))
