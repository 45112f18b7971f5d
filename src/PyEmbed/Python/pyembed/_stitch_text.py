"""The files of a stitched file as Python literals that show their text, and back."""

import binascii
import re
import tokenize

_BOM = '\ufeff'
#: By the quotes of a literal, the characters that a raw literal cannot have everywhere.
_AWKWARD = {quote * 3: re.compile(rf'[\\\r{quote}]+') for quote in '\'"'}


def encode(path, content):
    """The arguments, after path and hash, of the call that adds a file, as source text.

    Text is shown as it is, whatever its encoding and line ends, where they can be told and give the same bytes again;
    everything else is base64."""
    codec, newline = 'utf-8', '\n'
    try:
        if path.endswith('.py'):
            codec = _encoding(content)
        text = content.decode(codec)
        sound = text.encode(codec) == content and '\0' not in text
    except (UnicodeError, LookupError, SyntaxError):
        sound = False
    if not sound:
        return f"'''\n{_base64(content)}''', \"base64\""
    if '\r' in text:
        breaks = text.count('\r\n')
        if breaks == text.count('\r') == text.count('\n'):
            newline, text = '\r\n', text.replace('\r\n', '\n')
        elif '\n' not in text:
            newline, text = '\r', text.replace('\r', '\n')
    options = '' if codec == 'utf-8' else f', {quoted(codec)}'
    if newline != '\n':
        options += f', newline="{newline}"'.replace('\r', '\\r').replace('\n', '\\n')
    return literal(text) + options


def decode(text, codec='utf-8', newline='\n'):
    """The contents of a file from the arguments that encode() gave. Raises ValueError or LookupError."""
    if codec == 'base64':
        return binascii.a2b_base64(text)
    return text.replace('\n', '', 1).replace('\n', newline).encode(codec)


def literal(text):
    """A Python expression for a line end and the text, which has no NUL, with the text on lines of its own.

    What a raw literal cannot have is in ordinary literals between raw ones."""
    mark, text = ("'\\ufeff' ", text[1:]) if text.startswith(_BOM) else ('', text)
    quotes = '"""' if "'''" in text and '"""' not in text else "'''"
    if quotes not in text and '\r' not in text and text[-1:] not in ('\\', quotes[0]):
        return f'{mark}r{quotes}\n{text}{quotes}'
    parts, start = [], 0
    for run in _AWKWARD[quotes].finditer(text):
        if quotes in run[0] or '\r' in run[0] or run.end() == len(text):
            parts += f'r{quotes}{text[start:run.start()]}{quotes}' if run.start() > start else '', repr(run[0])
            start = run.end()
    if start < len(text):
        parts.append(f'r{quotes}{text[start:]}{quotes}')
    first = parts[0]
    parts[0] = f'r{quotes}\n{first[4:]}' if first else f'r{quotes}\n{quotes}'
    return mark + ' '.join(filter(None, parts))


def _encoding(source):
    """The encoding of a source file, as PEP 263 has it."""
    lines = iter(source[:4096].splitlines(keepends=True))
    found = tokenize.detect_encoding(lambda: next(lines, b''))[0]
    return 'utf-8' if found == 'utf-8-sig' else found


def _base64(content):
    return ''.join(binascii.b2a_base64(content[start:start + 57]).decode() for start in range(0, len(content), 57))


def quoted(text):
    """A Python string literal in one line."""
    return f'"{text}"' if text.isprintable() and not set(text) & set('"\\') else ascii(text)
