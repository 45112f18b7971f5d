"""Arrays: linear algebra, FFT, random numbers with a seed, masked arrays, polynomials, strings, saving, its own testing tools."""

import io

import numpy as np
import numpy.ma
import numpy.polynomial
import numpy.testing

a = np.arange(12, dtype=float).reshape(3, 4)
print(a @ a.T, a.mean(axis=0), np.einsum("ij,kj->ik", a, a).trace(), a[a > 5][::2])
m = np.array([[4, 1], [2, 3]])
print(np.round(np.linalg.eigvals(m), 6), np.linalg.det(m).round(6), np.round(np.linalg.solve(m, [1, 2]), 6))
print(np.round(np.fft.fft([1, 2, 3, 4]), 6))
print(np.random.default_rng(7).normal(size=3), np.random.RandomState(7).randint(0, 100, 4))
print(np.ma.array([1, 2, 3], mask=[0, 1, 0]).sum(), np.polynomial.Polynomial([1, 2, 3]).deriv(), np.poly1d([1, -3, 2]).roots)
buffer = io.BytesIO()
np.savez(buffer, a=a, s=np.array(["x", "yy"]))
buffer.seek(0)
print(np.load(buffer)["s"], np.genfromtxt(["1,2", "3,nan"], delimiter=","))
records = np.rec.array([(1, "a"), (2, "b")], dtype=[("n", int), ("s", "U1")])
print(records.n.sum(), records[records.s == "b"], np.char.upper(["ab"]), np.datetime64("2020-01-31") + np.timedelta64(1, "D"))
try:
    np.testing.assert_allclose([1.0, 2.0], [1.0, 2.1])
except AssertionError as error:
    print(str(error).splitlines()[1:4])
try:
    np.zeros(2) + np.zeros(3)
except ValueError as error:
    print(error)
