"""Loading and dumping with every loader, the C parser included; tags, anchors, an error's place."""

import yaml
import yaml.cyaml

text = """\
a: &anchor [1, 2.5, true, null, 2001-12-14]
b: *anchor
c: !!set {x, y}
d: !point {x: 1, y: 2}
e: |
  block
  text
"""


class Point(yaml.YAMLObject):
    yaml_tag = "!point"
    yaml_loader = [yaml.SafeLoader, yaml.CSafeLoader]

    def __repr__(self):
        return "Point(%r, %r)" % (self.x, self.y)


for loader in (yaml.SafeLoader, yaml.CSafeLoader):
    found = yaml.load(text, loader)
    print(found["a"], found["a"] is found["b"], sorted(found["c"]), found["d"], repr(found["e"]))
print(yaml.safe_dump({"list": [1, {"k": "ü"}], "text": "a\nb"}, allow_unicode=True, default_flow_style=False))
print(yaml.dump(found["d"], Dumper=yaml.CDumper))
print([type(event).__name__ for event in yaml.parse("- 1\n- {a: b}")])
try:
    yaml.safe_load("a: [1,\nb: }")
except yaml.YAMLError as error:
    print(error.problem, error.problem_mark.line, error.problem_mark.column)
print(sorted(yaml.full_load("!!python/tuple [1, 2]")))
