"""Counts the words of a text: the most frequent ones first."""

import logging
import re
from collections import Counter

log = logging.getLogger('scripts.words')


def run(text, most=10):
    words = re.findall(r'\w+', text.casefold())
    log.info('%d words', len(words))
    return [{'word': word, 'count': count} for word, count in sorted(Counter(words).items(), key=lambda item: -item[1])[:most]]
