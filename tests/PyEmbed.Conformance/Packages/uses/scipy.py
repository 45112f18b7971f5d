"""Optimising, integrating, interpolating, sparse matrices, statistics, signals, special functions, distances."""

import numpy as np
from scipy import constants, fft, integrate, interpolate, linalg, ndimage, optimize, signal, sparse, spatial, special, stats
from scipy.sparse import linalg as sparse_linalg

print(optimize.minimize(lambda x: (x[0] - 1) ** 2 + (x[1] + 2) ** 2, [0, 0]).x.round(3), round(optimize.brentq(np.cos, 1, 2), 6))
print(np.round(integrate.quad(lambda x: x ** 2, 0, 3)[0], 6), integrate.solve_ivp(lambda t, y: -y, (0, 1), [1.0]).y[0, -1].round(3))
print(interpolate.CubicSpline([0, 1, 2], [0, 1, 4])(1.5).round(6), linalg.expm(np.zeros((2, 2))), linalg.lu(np.eye(2))[0])
matrix = sparse.csr_matrix(np.diag([2.0, 4.0]))
print(sparse_linalg.spsolve(matrix, np.array([2.0, 4.0])), matrix.nnz, sparse.csgraph.connected_components(matrix)[0])
print(stats.ttest_ind([1, 2, 3], [2, 3, 5]).pvalue.round(6), stats.norm.ppf(0.975).round(6), stats.linregress([1, 2, 3], [2, 4, 6]).slope)
print(signal.butter(2, 0.3)[0].round(6), ndimage.gaussian_filter(np.eye(3), 1).round(4), fft.dct([1.0, 2, 3]).round(6))
print(special.gamma(5.5).round(6), spatial.distance.cdist([[0, 0]], [[3, 4]]), spatial.ConvexHull([[0, 0], [1, 0], [0, 1], [.1, .1]]).volume)
print(constants.physical_constants["speed of light in vacuum"][0], spatial.cKDTree([[0, 0], [5, 5]]).query([4, 4])[1])
try:
    linalg.inv(np.zeros((2, 2)))
except linalg.LinAlgError as error:
    print(error)
