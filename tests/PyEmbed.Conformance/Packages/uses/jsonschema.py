"""Schemas of several drafts, whose meta-schemas are files of the package; references, formats, errors and the best match."""

import jsonschema
from jsonschema import RefResolver, cli, exceptions, protocols, validators

schema = {"type": "object", "required": ["a"], "properties": {"a": {"$ref": "#/definitions/n"}, "d": {"format": "ipv4"}},
          "definitions": {"n": {"type": "integer", "minimum": 3}}, "additionalProperties": False}
for draft in ("Draft3Validator", "Draft4Validator", "Draft6Validator", "Draft7Validator", "Draft201909Validator", "Draft202012Validator"):
    cls = getattr(jsonschema, draft)
    cls.check_schema(cls.META_SCHEMA)
    found = cls(schema if draft != "Draft3Validator" else {"type": "integer"}, format_checker=jsonschema.FormatChecker()).iter_errors({"a": 1, "x": 2, "d": "1.2.3"})
    print(draft, cls.META_SCHEMA["$schema"], sorted(error.message for error in found))
print(exceptions.best_match(jsonschema.Draft7Validator(schema).iter_errors({"a": "x"})).json_path, validators.validator_for({"$schema": "http://json-schema.org/draft-06/schema#"}).__name__)
try:
    jsonschema.validate({"a": 1}, schema)
except jsonschema.ValidationError as error:
    print(error)
print(RefResolver.from_schema({"a": {"b": 3}}).resolve("#/a/b"))
