"""What a figure keeps at any width: it is no wider than was asked for, nothing is cut off, and it can be read."""

from itertools import combinations

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from negsim.report.looks import PAGE_HEIGHT

SMALLEST = 6.0  # points, of type
SLACK = 0.02  # inches
TOUCH = 3.0  # dots, of the margins of letters


def assert_fits(figure, width):
    """width: millimetres, at most."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    box, page = figure.get_tightbbox(canvas.get_renderer()), figure.get_size_inches()
    assert page[0] <= width / 25.4 + 1e-9
    assert min(box.x0, box.y0) > -SLACK
    assert (page - (box.x1, box.y1)).min() > -SLACK
    shown = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]
    assert np.min([text.get_fontsize() for text in shown]) >= SMALLEST


def assert_on_a_page(figure):
    assert figure.get_figheight() <= PAGE_HEIGHT


def assert_apart(figure, name=""):
    """No text covers another; slanted ones, whose boxes are larger than they are, are left out."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    shown = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]
    hidden = {label for ax in figure.axes for axis in (ax.xaxis, ax.yaxis) for label in _beyond(axis)}
    shown = [text for text in shown if text.get_rotation() % 90 == 0 and text not in hidden]
    boxes = {text: text.get_window_extent(canvas.get_renderer()) for text in shown}
    pairs = ((a, b, Bbox.intersection(boxes[a], boxes[b])) for a, b in combinations(boxes, 2))
    covered = [(a.get_text(), b.get_text()) for a, b, both in pairs if both and min(both.width, both.height) > TOUCH]
    assert covered == [], (name, covered)


def _beyond(axis):
    """The labels of ticks that lie beyond the ends of an axis, which are not drawn."""
    low, high = sorted(axis.get_view_interval())
    slack = 1e-6 * (high - low)
    pairs = zip(axis.get_majorticklocs(), axis.get_majorticklabels(), strict=False)
    return [label for place, label in pairs if not low - slack <= place <= high + slack]
