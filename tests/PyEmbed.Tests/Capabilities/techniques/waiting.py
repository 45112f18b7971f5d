"""Waiting for descriptors that are not Python's: it tells when the host's are ready."""

import os

from techniques.descriptors import reopened
from techniques.support import APART, FOREIGN, module, needs, SOCKET, technique


@technique(FOREIGN)
def wait_with_select():
    return module('select').select([], [SOCKET], [], 0)[1]


@technique(FOREIGN)
def wait_with_select_by_a_number_that_changes():
    numbers = [os.pipe()[1], SOCKET, SOCKET]

    class File:
        def fileno(self):
            return numbers.pop(0)

    file = File()
    file.fileno()
    return module('select').select([], [file], [], 0)[1]


@technique(FOREIGN)
def wait_with_poll():
    poll = needs(module('select'), 'poll')()
    poll.register(SOCKET)
    return poll.poll(0)


@technique(APART)
def wait_with_poll_by_a_number_that_was_one_s_own():
    poll = needs(module('select'), 'poll')()
    number = os.pipe()[1]
    poll.register(number)
    reopened(number)
    return poll.poll(0)


@technique(FOREIGN)
def wait_with_epoll():
    with needs(module('select'), 'epoll')() as epoll:
        epoll.register(SOCKET)
        return epoll.poll(0)


@technique(FOREIGN)
def wait_with_selectors():
    import selectors
    with selectors.DefaultSelector() as selector:
        selector.register(SOCKET, selectors.EVENT_WRITE)
        return selector.select(0)
