"""Highlighting in several languages to several formats, plug-ins listed by name, a style from its own module."""

import pygments
import pygments.filters
import pygments.formatters
import pygments.lexers
import pygments.styles

source = 'def f(x: int) -> str:\n    """Doc."""\n    return f"{x!r}" + \'a\'  # done\n'
for alias, code in (("python", source), ("c", "int main(void) { return 0x2a; }"), ("json", '{"a": [1, null]}'),
                    ("html", "<p class='x'>&amp;</p>"), ("bash", "for i in $(ls); do echo $i; done"), ("rst", "Title\n=====\n")):
    lexer = pygments.lexers.get_lexer_by_name(alias)
    print(alias, lexer.name, [(str(kind), text) for kind, text in lexer.get_tokens(code)][:12])
    for name in ("html", "latex", "terminal256", "svg", "rtf", "irc"):
        print(pygments.highlight(code, lexer, pygments.formatters.get_formatter_by_name(name))[:300])
print(len(list(pygments.lexers.get_all_lexers())) > 400, sorted(pygments.styles.get_all_styles())[:5])
print(pygments.lexers.guess_lexer_for_filename("x.pas", "begin end.").name, pygments.lexers.guess_lexer("#!/usr/bin/perl").name)
print(pygments.formatters.HtmlFormatter(style="monokai").get_style_defs(".x").splitlines()[:6])
