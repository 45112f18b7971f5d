"""Properties tested with a fixed seed: strategies of many kinds, a counter-example shrunk, a state machine."""

import datetime

from hypothesis import HealthCheck, Phase, find, given, seed, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

settings.register_profile("fixed", database=None, derandomize=True, max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
settings.load_profile("fixed")
seen = []


@given(st.lists(st.integers()), st.text(max_size=5), st.dictionaries(st.characters(), st.floats(allow_nan=False), max_size=3))
def reverses(values, text, mapping):
    seen.append(len(values))
    assert list(reversed(list(reversed(values)))) == values


reverses()
print(len(seen))


@given(st.lists(st.integers(0, 100)))
def small(values):
    assert sum(values) < 150


try:
    small()
except AssertionError:
    print("refuted")
print(find(st.lists(st.integers(0, 100)), lambda values: sum(values) >= 150))
print(find(st.from_regex(r"[a-c]{2,}\d", fullmatch=True), lambda text: True), find(st.dates(), lambda day: day > datetime.date(2010, 3, 1)))
print(find(st.recursive(st.booleans(), st.lists), lambda tree: isinstance(tree, list) and len(tree) > 1), find(st.emails(), bool))
print(find(st.builds(complex, st.integers(), st.integers()), lambda z: z.imag > 3), repr(st.one_of(st.none(), st.integers(1, 3))))


class Counter(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.n = 0

    @rule(step=st.integers(1, 3))
    def count(self, step):
        self.n += step

    @invariant()
    def below(self):
        assert self.n < 10


try:
    run_state_machine_as_test(Counter)
except AssertionError:
    print("the machine broke")
