"""The figure of docs/benchmarks.md: plot.py FILE.svg, with what was measured on standard input."""

import json
import sys

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt  # noqa: E402
from matplotlib.ticker import ScalarFormatter  # noqa: E402

# Readable on white and on GitHub's dark background.
TEXT, OURS, PLAIN, OTHERS = "#6e7781", "#2f81f7", "#79b8ff", "#9aa4af"
BAR_INCHES = 0.24


def _colour(name):
    return OURS if name == "Signet" else PLAIN if name.startswith("Signet") else OTHERS


def _draw(axes, task, end):
    results = sorted((r for r in task["results"] if r["us"]), key=lambda r: -r["us"])
    labels = [r["name"] if r["name"].startswith("Signet") else
              f"{r['name']} ({r['language'].split(',')[0].split(' ')[0]})" for r in results]
    axes.barh(labels, [r["us"] for r in results], color=[_colour(r["name"]) for r in results])
    for place, result in enumerate(results):
        axes.annotate(f"{result['us']:.0f}", (result["us"], place), xytext=(4, 0),
                      textcoords="offset points", va="center", color=TEXT, fontsize=8)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(ScalarFormatter())
    axes.set_xlim(10, end)
    axes.set_title(f"{task['title']}, {task['alg']}", loc="left", color=TEXT, fontsize=10)
    axes.tick_params(colors=TEXT, labelsize=8)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("bottom", "left"):
        axes.spines[side].set_color(TEXT)


def main():
    found = json.load(sys.stdin)
    plt.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "signet",
                         "font.family": "sans-serif"})
    # A column for each algorithm, a row for each operation, in the order of the document.
    columns = {alg: [task for task in found["tasks"] if task["alg"] == alg]
               for alg in dict.fromkeys(task["alg"] for task in found["tasks"])}
    operations = len(next(iter(columns.values())))
    bars = [max(sum(1 for r in column[row]["results"] if r["us"]) for column in columns.values())
            for row in range(operations)]
    end = 3 * max(r["us"] for task in found["tasks"] for r in task["results"] if r["us"])
    size = (7 * len(columns), sum(bars) * BAR_INCHES + 0.75 * operations)
    figure, axes = plt.subplots(
        operations, len(columns), figsize=size,
        gridspec_kw={"height_ratios": bars}, constrained_layout=True, squeeze=False)
    for number, column in enumerate(columns.values()):
        for row, task in enumerate(column):
            _draw(axes[row][number], task, end)
        axes[-1][number].set_xlabel("microseconds of CPU time, logarithmic; less is better",
                                    color=TEXT, fontsize=9)
    figure.savefig(sys.argv[1], transparent=True, metadata={"Date": None, "Creator": None})


if __name__ == "__main__":
    main()
