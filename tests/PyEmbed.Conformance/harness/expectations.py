"""What a run is held against: the list of known failures, and the number of tests that must pass.

``known_failures.json`` is a list of entries ``{"suite", "pythons", "tests", "asserts", "reason"}``: the suite's name
without its mode; the CPythons concerned (``"3.9-3.11"``, ``"3.12+"``, ``"3.13"``); ids of tests, or the ends of ids; a piece
of the traceback that says which assertion fails; why that cannot apply to an importer of trees. An optional ``"modes"``
lists the modes of the run that are concerned; an optional ``"root": false`` says that the superuser's run is not, in which
CPython skips the tests. ``floors.json`` gives for each suite and CPython how many tests passed when it
was last measured.
"""

import json
import os

MOST = 0.9      # of the tests that passed when it was measured must pass anywhere; CPython may skip others

FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def version_of(text):
    return tuple(int(part) for part in text.split('.')[:3])


class KnownFailures:
    def __init__(self, path=os.path.join(FOLDER, 'known_failures.json')):
        with open(path, encoding='utf-8') as file:
            self._entries = json.load(file)
        for entry in self._entries:
            unknown = set(entry) - {'suite', 'pythons', 'tests', 'asserts', 'reason', 'modes', 'root'}
            missing = {'suite', 'pythons', 'tests', 'asserts', 'reason'} - set(entry)
            if unknown or missing or not entry['tests']:
                raise SystemExit(f'{path}: bad entry {entry}: unknown {sorted(unknown)}, missing {sorted(missing)}')

    def of(self, suite, mode, python):
        """{end of a test's id: entry} for one run."""
        return {test: entry for entry in self._entries
                if entry['suite'] == suite and _concerns(entry['pythons'], version_of(python))
                and mode in entry.get('modes', [mode]) and (entry.get('root', True) or not _is_root())
                for test in entry['tests']}


def _is_root():
    return hasattr(os, 'geteuid') and os.geteuid() == 0


def _concerns(pythons, version):
    def matches(part):
        low, dash, high = part.strip().partition('-')
        if low.endswith('+'):
            return version >= version_of(low[:-1])
        low = version_of(low)
        high = version_of(high) if dash else low
        return version >= low and version[:len(high)] <= high

    return any(matches(part) for part in pythons.split(','))


class Floors:
    def __init__(self, path=os.path.join(FOLDER, 'floors.json')):
        with open(path, encoding='utf-8') as file:
            self._floors = json.load(file)
        self._path = path

    def measured(self, counts):
        """Write down {(row name, CPython): tests that passed}."""
        for (name, python), count in counts.items():
            self._floors.setdefault(name, {})[python] = count
        with open(self._path, 'w', encoding='utf-8') as file:
            json.dump(self._floors, file, indent=1, sort_keys=True)
            file.write('\n')

    def of(self, row_name, python):
        """How many tests must pass: what the newest measured release of the same minor version, or an older one, passed."""
        measured = {version_of(known): count for known, count in self._floors.get(row_name, {}).items()}
        wanted = version_of(python)
        older = [known for known in measured if known[:2] == wanted[:2] and known <= wanted]
        return measured[max(older)] if older else 1


def judge(row_name, suite, mode, python, outcome, known_failures, floors):
    """(row of conformance.json, problems): what an outcome, as child.py writes it, is worth."""
    known = known_failures.of(suite, mode, python) if outcome['ended'] is None else {}
    problems, failed, explained = [], [], set()
    for test, text in sorted(outcome['failed'].items()):
        entry = next((entry for end, entry in known.items() if _names(end, test)), None)
        if entry is None:
            problems.append((test, _last_line(text)))
            failed.append({'test': test, 'reason': _last_line(text)})
        elif entry['asserts'] not in text:
            problems.append((test, f'fails elsewhere than the list says ({entry["asserts"]!r}): {_last_line(text)}'))
            failed.append({'test': test, 'reason': _last_line(text)})
        else:
            failed.append({'test': test, 'reason': f'known: {entry["reason"]}'})
        explained.update(end for end in known if _names(end, test))
    ran = [*outcome['passed'], *outcome['skipped']]
    for end in sorted(set(known) - explained):
        there = [test for test in ran if _names(end, test)]
        problems.append((end, 'is listed as a known failure but does not fail' if there
                         else 'is listed as a known failure but does not exist'))
    passed, floor = len(outcome['passed']), floors.of(row_name, python)
    # What CPython itself skips depends on what the machine has, so it may take the place of what passed elsewhere.
    if (passed + len(outcome['skipped']) < floor or passed < MOST * floor) and outcome['ended'] is None:
        problems.append((row_name, f'{passed} tests passed, fewer than the {floor} of the last measurement'))
    if not outcome['served'] and outcome['ended'] is None:
        problems.append((row_name, 'the importer served nothing'))
    return {'suite': row_name, 'python': python, 'run': passed + len(failed) + len(outcome['skipped']), 'passed': passed,
            'skipped': len(outcome['skipped']), 'failed': failed}, problems


def _names(end, test):
    return test == end or test.endswith('.' + end)


def _last_line(text):
    return text.strip().splitlines()[-1][:400]
