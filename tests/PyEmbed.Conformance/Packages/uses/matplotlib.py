"""A figure with several kinds of axes drawn to PNG, SVG and PDF; the pixels are compared by their digest."""

import hashlib
import io

import matplotlib
matplotlib.use("agg")
import matplotlib.pyplot as plt
import numpy as np
from matplotlib import animation, cm, colors, font_manager, image, ticker
from mpl_toolkits.axes_grid1 import make_axes_locatable
from mpl_toolkits.mplot3d import Axes3D

x = np.linspace(0, 6, 50)
figure = plt.figure(figsize=(6, 4), dpi=80)
axes = figure.add_subplot(2, 2, 1)
axes.plot(x, np.sin(x), "r--", label=r"$\sin(x)^2$")
axes.legend()
axes.set_title("Title ä")
axes = figure.add_subplot(2, 2, 2, projection="3d")
axes.plot_surface(*np.meshgrid([0, 1], [0, 1]), np.array([[0, 1], [1, 0]]), cmap="viridis")
axes = figure.add_subplot(2, 2, 3, projection="polar")
axes.bar([0, 1, 2], [1, 2, 3])
axes = figure.add_subplot(2, 2, 4)
shown = axes.imshow(np.arange(16).reshape(4, 4), cmap=cm.plasma)
figure.colorbar(shown, cax=make_axes_locatable(axes).append_axes("right", size="5%"))
for form, metadata in (("png", {"Software": None}), ("svg", {"Date": None}), ("pdf", {"CreationDate": None}), ("ps", None)):
    buffer = io.BytesIO()
    with plt.style.context("ggplot"):
        figure.savefig(buffer, format=form, **({"metadata": metadata} if metadata else {}))
    data = buffer.getvalue()
    if form == "png":
        pixels = image.imread(io.BytesIO(data))
        print(pixels.shape, hashlib.sha256(pixels.tobytes()).hexdigest())
    print(form, len(data) > 1000, hashlib.sha256(data).hexdigest() if form == "pdf" else "")
print(sorted(plt.style.available)[:6], font_manager.FontProperties(family="DejaVu Sans").get_name(), colors.to_hex("C1"))
print(ticker.MaxNLocator(4).tick_values(0, 10), matplotlib.get_backend(), len(plt.colormaps()) > 100)
