"""Text with every extension of the package, which are found by their entry points' names."""

import markdown

text = """\
Title
=====

Some *text* with `code`, a [link](https://example.org "t") and a note[^1]. HTML is an abbreviation.

| a | b |
|---|--:|
| 1 | 2 |

Term
:   Definition

!!! note "Careful"
    Inside.

```python
print("x")
```

{: .cls #id }

1. one
2. two

*[HTML]: Hyper Text
[^1]: The note.

[TOC]
"""
plain = markdown.Markdown()
print(plain.convert(text))
full = markdown.Markdown(extensions=["extra", "admonition", "codehilite", "toc", "sane_lists", "smarty", "nl2br", "wikilinks", "meta", "legacy_attrs", "legacy_em"],
                         extension_configs={"toc": {"permalink": True}}, output_format="html")
print(full.convert("Key: value\n\n" + text))
print(full.Meta, full.toc_tokens)
try:
    markdown.markdown("x", extensions=["no_such_extension"])
except ModuleNotFoundError as error:
    print(error)
