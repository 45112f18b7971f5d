"""Versions, specifiers, markers, requirements, tags."""

from packaging import markers, requirements, specifiers, tags, utils, version

print(sorted(map(version.Version, ["1.0", "1.0rc1", "1.0.post1", "0.9.dev3", "1!0.1", "1.0+local"])))
print([text for text in ("1.1", "2.0", "1.5a1") if text in specifiers.SpecifierSet(">=1.1,<2")], specifiers.Specifier("~=1.4.2").contains("1.4.9"))
requirement = requirements.Requirement("name[extra] >= 1 ; python_version < '4' and os_name == 'posix'")
print(requirement, requirement.extras, requirement.marker.evaluate(), markers.Marker("extra == 'x'").evaluate({"extra": "y"}))
print(utils.canonicalize_name("A._b"), utils.parse_wheel_filename("a_b-1.0-py3-none-any.whl")[:3], utils.parse_sdist_filename("a-1.tar.gz"))
print(str(next(tags.sys_tags())), sum(1 for _ in tags.compatible_tags((3, 9))) > 5, tags.interpreter_name())
for call in (lambda: version.Version("x"), lambda: requirements.Requirement("a b"), lambda: specifiers.Specifier("=1")):
    try:
        call()
    except ValueError as error:
        print(type(error).__name__, error)
