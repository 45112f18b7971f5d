"""Tests of all outcomes.

>>> 6 * 7
42
"""

import pytest


@pytest.fixture(params=[1, 2])
def number(request):
    yield request.param


@pytest.mark.parametrize("factor", [2, 3])
def test_product(number, factor):
    assert number * factor % factor == 0


def test_fails(number, tmp_path):
    (tmp_path / "x").write_text("1")
    values = {"a": [number, 2]}
    assert values == {"a": [1, 3]}


@pytest.mark.skip(reason="not now")
def test_skipped():
    raise AssertionError


@pytest.mark.xfail(raises=ZeroDivisionError)
def test_expected():
    1 / 0


class TestClass:
    def test_output(self, capsys, monkeypatch):
        monkeypatch.setenv("X", "1")
        print("said")
        assert capsys.readouterr().out == "said\n"

    def test_raises(self):
        with pytest.raises(ValueError, match="invalid literal"):
            int("x")
