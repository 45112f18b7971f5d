"""What a system has received, as its report says it; and what another one, which makes the next bundle for it, learns from that."""

import sys

from ._require import RequirementError, name_of, requirements
from ._standard_library import standard_library


def received():
    """The part ``received`` of ``pyembed.report()``: a dict of what JSON has, as docs/bundles.md describes."""
    bundles = sys.modules.get('pyembed._bundles')
    modules, data = {}, {}
    for _, manifest in bundles.mounted() if bundles is not None else ():
        modules.update(manifest.modules)
        data.update(manifest.data)
    return {
        'python': '{}.{}.{}'.format(*sys.version_info),
        'system': sys.platform,
        'standard': standard_library(),
        'modules': modules,
        'data': data,
        'requirements': {module: {kind: _answer(requirement, kind, asked) for kind, asked in requirement.kinds()}
                         for module, requirement in sorted(requirements().items())},
    }


def _answer(requirement, kind, asked):
    """(its name, whether it is met, why it could not be asked for or None)."""
    try:
        return name_of(asked), requirement.is_met_of(kind), None
    except RequirementError as error:
        return name_of(asked), False, str(error)


def from_json(text):
    """The report in a JSON text. For .NET: under an import policy json may be denied to a host, and not to this module."""
    import json
    return json.loads(text)


class Received:
    """The system that a bundle is made for, by its report: ``python``, ``system`` and ``standard``, the set of its standard modules."""

    def __init__(self, report):
        """*report* is what ``pyembed.report()`` gave there, also after a trip through JSON. Raises BundleError for what is none."""
        found = report.get('received') if isinstance(report, dict) else None
        wrong = _problem(found)
        if wrong:
            from ._bundle_format import BundleError
            raise BundleError(f'the report is none of another system: {wrong}: give what pyembed.report() or python3 -m pyembed report gave there')
        self.python = found['python']
        self.system = found['system']
        self.standard = frozenset(found['standard'])
        self._modules = found['modules']
        self._data = found['data']
        self._requirements = found['requirements']

    def has(self, module, digest):
        """Whether it has received a module whose source has this hash; ``''`` for a namespace package, which has none."""
        return self._modules.get(module) == digest

    def has_data(self, name, digest):
        """Whether it has received data of this identifier and hash."""
        return self._data.get(name) == digest

    def refuses(self, module, references, digest_of):
        """Whether it has said that a module's requirement is not met there.

        *references* are those that the module has here, as Requirement.references() gives them, and *digest_of* gives the hash of
        a module's source here, or None: an answer counts only as long as the same function of the same source would give it,
        and not where it could not be asked for."""
        answers = self._requirements.get(module, {})
        for kind, reference in zip(('system', 'modules'), references):
            name, met, problem = answers.get(kind, (None, True, None))
            asker = str(name).partition(':')[0]
            if name == reference and not met and problem is None and self._modules.get(asker) in (None, digest_of(asker)):
                return True
        return False


def _problem(found):
    """What is wrong with the part ``received`` of a report, in words; None."""
    if not isinstance(found, dict):
        return "it has no part 'received'"
    for field, check in _FIELDS.items():
        if field not in found:
            return f'its part {field!r} is missing'
        if not check(found[field]):
            return f'its part {field!r} is damaged'
    return None


def _is_text(value):
    return isinstance(value, str)


def _are_digests(value):
    return isinstance(value, dict) and all(map(_is_text, [*value, *value.values()]))


def _are_answers(value):
    return isinstance(value, dict) and all(
        isinstance(answers, dict) and all(isinstance(answer, (list, tuple)) and len(answer) == 3 for answer in answers.values())
        for answers in value.values())


_FIELDS = {
    'python': _is_text,
    'system': _is_text,
    'standard': lambda value: isinstance(value, (list, tuple)) and all(map(_is_text, value)),
    'modules': _are_digests,
    'data': _are_digests,
    'requirements': _are_answers,
}
