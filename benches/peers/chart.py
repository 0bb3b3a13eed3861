"""A chart of four lines with matplotlib, as its tutorials draw it: reads the values as JSON on stdin, prints
milliseconds of each warm round and the size of the PNG in bytes."""
import io
import json
import sys
import time

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

data = json.load(sys.stdin)
times = []
for _ in range(data["rounds"] + 1):
    started = time.perf_counter()
    figure, axes = plt.subplots(figsize=(12.8, 7.2), dpi=100)
    for line in data["lines"]:
        axes.plot(data["times"], line["values"], label=line["name"], linewidth=2)
    axes.set_title("Chart")
    axes.grid(True, alpha=0.3)
    axes.legend()
    png = io.BytesIO()
    figure.savefig(png, format="png")
    plt.close(figure)
    times.append((time.perf_counter() - started) * 1000)
print(json.dumps({"ms": times[1:], "bytes": len(png.getvalue()), "version": matplotlib.__version__}))
