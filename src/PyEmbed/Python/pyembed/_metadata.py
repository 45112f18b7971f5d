"""Distributions of trees: importlib.metadata's own PathDistribution over folders in memory."""

import re
from importlib.metadata import DistributionFinder, PathDistribution

from ._loaders import locate
from ._resources import TreePath


def find_distributions(context=None):
    """The distributions in the trees on ``context.path`` whose name is ``context.name``, or all where that is None.

    Names compare as PEP 503 normalises them. Each ``.dist-info`` and ``.egg-info`` counts, as does an ``.egg`` that is
    itself on the path."""
    context = context or DistributionFinder.Context()
    wanted = None if context.name is None else _normalize(context.name)
    for entry in context.path:
        tree, inner = locate(entry)
        if tree is None or inner not in tree.folders:
            continue
        place = TreePath(tree, inner)
        for child in tree.table(inner):
            name = _distribution_name(child, inner)
            if name is not None and wanted in (None, _normalize(name)):
                yield PathDistribution(place / child)


def _distribution_name(child, inner):
    stem, dot, suffix = child.rpartition('.')
    if suffix in ('dist-info', 'egg-info') and stem:
        return stem.partition('-')[0]
    if child == 'EGG-INFO' and inner.endswith('.egg'):
        return inner.rpartition('/')[2].partition('-')[0]
    return None


def _normalize(name):
    return re.sub(r'[-_.]+', '-', name).lower()
