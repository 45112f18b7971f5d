"""Checks a requirement (PEP 508) against the distributions on sys.path.

The packaging library does this fully, but a host may not have it; this is as much as declared requirements use.
Imported only when someone asks.
"""

import os
import platform
import re
import sys
from importlib import metadata

_REQUIREMENT = re.compile(r'\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*(@[^;]*|\(?([^;()]*)\)?)\s*(?:;(.*))?$', re.S)
_CLAUSE = re.compile(r'\s*(===|~=|==|!=|<=|>=|<|>)\s*([^\s,]+)\s*$')
_VERSION = re.compile(r'v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(a|alpha|b|beta|c|rc|pre|preview)[-_.]?(\d*))?'
                      r'(?:-(\d+)|[-_.]?(?:post|rev|r)[-_.]?(\d*))?(?:[-_.]?dev[-_.]?(\d*))?(?:\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?$')
_MARKER = re.compile(r'\s*(\(|\)|"[^"]*"|\'[^\']*\'|[a-z_.]+|===|~=|==|!=|<=|>=|<|>)')
_PHASES = {'a': 0, 'alpha': 0, 'b': 1, 'beta': 1, 'c': 2, 'rc': 2, 'pre': 2, 'preview': 2}


def check(requirement):
    """(met, version installed or None, problem or None). A requirement whose marker is false is met."""
    match = _REQUIREMENT.match(requirement)
    if match is None:
        return False, None, 'it is not a requirement in the form of PEP 508'
    name, _, clauses, marker = match.groups()
    try:
        if marker and not evaluate(marker):
            return True, None, None
        installed = metadata.version(name)
    except metadata.PackageNotFoundError:
        return False, None, f'{name} is not installed'
    except ValueError as error:
        return False, None, str(error)
    for clause in (clauses or '').split(','):
        if clause.strip():
            try:
                if not satisfies(installed, clause):
                    return False, installed, f'{name} {installed} is installed, and {clause.strip()} is required'
            except ValueError as error:
                return False, installed, str(error)
    return True, installed, None


def satisfies(version, clause):
    """Whether a version meets one clause, such as ``>=1.2`` (PEP 440). Pre-releases count as installed: someone chose them."""
    match = _CLAUSE.match(clause)
    if match is None:
        raise ValueError(f'{clause.strip()!r} is not a version clause')
    operator, wanted = match.groups()
    if operator == '===':
        return version == wanted
    if wanted.endswith('.*') and operator in ('==', '!='):
        return _has_prefix(version, wanted[:-2]) == (operator == '==')
    have, want = _key(version), _key(wanted)
    if operator == '~=':
        return have >= want and _has_prefix(version, _release(wanted).rpartition('.')[0])
    if '+' not in wanted:
        have = have[:-1] + ((),)        # a local label matters only where one is asked for
    if operator == '<':
        # Below 2.0 lies no pre-release of 2.0, above it no post-release of it, unless one is named.
        return have < want and not (have[:2] == want[:2] and want[2] == _FINAL)
    if operator == '>':
        return have > want and not (have[:3] == want[:3] and want[3] < 0)
    return {'==': have == want, '!=': have != want, '<=': have <= want, '>=': have >= want}[operator]


_FINAL = (3, 0)


def _match(version):
    match = _VERSION.match(version.strip().lower())
    if match is None:
        raise ValueError(f'{version!r} is not a version (PEP 440)')
    return match


def _release(version):
    return _match(version)[2]


def _numbers(release):
    numbers = [int(number) for number in release.split('.')]
    while len(numbers) > 1 and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


def _key(version):
    """Sorts as PEP 440 orders: epoch, release, pre-release, post-release, development release, local label."""
    epoch, release, phase, phase_number, post, named_post, dev, local = _match(version).groups()
    is_post = post is not None or named_post is not None
    after = int(post or named_post or 0) if is_post else -1
    if phase is not None:
        before = (_PHASES[phase], int(phase_number or 0))
    else:
        before = (-1, 0) if dev is not None and not is_post else _FINAL
    labels = tuple((1, int(part), '') if part.isdigit() else (0, 0, part) for part in re.split('[-_.]', local or '') if part)
    return int(epoch or 0), _numbers(release), before, after, float('inf') if dev is None else int(dev or 0), labels


def _has_prefix(version, prefix):
    have, want = _release(version).split('.'), _release(prefix).split('.')
    have += ['0'] * (len(want) - len(have))
    return (_match(version)[1] or '0') == (_match(prefix)[1] or '0') and list(map(int, have[:len(want)])) == list(map(int, want))


def evaluate(marker):
    """The truth of an environment marker here, without extras."""
    tokens, position = [], 0
    while marker[position:].strip():
        match = _MARKER.match(marker, position)
        if match is None:
            raise ValueError(f'{marker.strip()!r} is not an environment marker (PEP 508)')
        tokens.append(match[1])
        position = match.end()
    value = _any(tokens, _environment())
    if tokens:
        raise ValueError(f'{marker.strip()!r} is not an environment marker (PEP 508)')
    return value


def _any(tokens, environment):
    value = _all(tokens, environment)
    while tokens and tokens[0] == 'or':
        tokens.pop(0)
        value = _all(tokens, environment) or value
    return value


def _all(tokens, environment):
    value = _comparison(tokens, environment)
    while tokens and tokens[0] == 'and':
        tokens.pop(0)
        value = _comparison(tokens, environment) and value
    return value


def _comparison(tokens, environment):
    if tokens and tokens[0] == '(':
        tokens.pop(0)
        value = _any(tokens, environment)
        _expect(tokens, ')')
        return value
    left = _operand(tokens, environment)
    operator = _expect(tokens)
    if operator == 'not':
        _expect(tokens, 'in')
        operator = 'not in'
    right = _operand(tokens, environment)
    if operator in ('in', 'not in'):
        return (left in right) == (operator == 'in')
    try:
        return satisfies(left, operator + right)
    except ValueError:      # not versions: compared as text
        compare = {'==': left == right, '===': left == right, '!=': left != right, '<': left < right, '<=': left <= right,
                   '>': left > right, '>=': left >= right}
        if operator not in compare:
            raise ValueError(f'{operator!r} is not an operator of environment markers (PEP 508)') from None
        return compare[operator]


def _expect(tokens, token=None):
    if not tokens or token is not None and tokens[0] != token:
        raise ValueError('an environment marker breaks off (PEP 508)')
    return tokens.pop(0)


def _operand(tokens, environment):
    token = _expect(tokens)
    if token[0] in '"\'':
        return token[1:-1]
    if token not in environment:
        raise ValueError(f'{token!r} is not a variable of environment markers (PEP 508)')
    return environment[token]


def _environment():
    return {
        'os_name': os.name, 'sys_platform': sys.platform, 'platform_machine': platform.machine(),
        'platform_python_implementation': platform.python_implementation(), 'platform_release': platform.release(),
        'platform_system': platform.system(), 'platform_version': platform.version(),
        'python_version': '.'.join(platform.python_version_tuple()[:2]), 'python_full_version': platform.python_version(),
        'implementation_name': sys.implementation.name, 'implementation_version': platform.python_version(), 'extra': '',
    }
