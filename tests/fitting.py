"""What a figure keeps at any width: it is no wider than was asked for, nothing is cut off, and it can be read."""

from itertools import combinations

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from matplotlib.transforms import Affine2D

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
    """No text covers another."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    shown = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]
    hidden = {label for ax in figure.axes for axis in (ax.xaxis, ax.yaxis) for label in _beyond(axis)}
    boxes = {text: _corners(text, canvas.get_renderer()) for text in shown if text not in hidden}
    covered = [(a.get_text(), b.get_text()) for a, b in combinations(boxes, 2) if _overlap(boxes[a], boxes[b])]
    assert covered == [], (name, covered)


def _corners(text, renderer):
    """The corners of a text as it is turned, without the margins of its letters (4,2)."""
    centre, angle = text.get_window_extent(renderer), text.get_rotation()
    text.set_rotation(0.0)
    level = text.get_window_extent(renderer)
    text.set_rotation(angle)
    half = np.maximum((level.width - TOUCH, level.height - TOUCH), 1.0) / 2.0
    turn = Affine2D().rotate_deg(angle).translate(*(centre.min + centre.max) / 2.0)
    return turn.transform(half * [(-1, -1), (1, -1), (1, 1), (-1, 1)])


def _overlap(one, other):
    """Whether two rectangles overlap: no side of either keeps them apart."""
    for corners in (one, other):
        for side in (corners[1] - corners[0], corners[2] - corners[1]):
            if (one @ side).max() <= (other @ side).min() or (other @ side).max() <= (one @ side).min():
                return False
    return True


def _beyond(axis):
    """The labels of ticks that lie beyond the ends of an axis, which are not drawn."""
    low, high = sorted(axis.get_view_interval())
    slack = 1e-6 * (high - low)
    pairs = zip(axis.get_majorticklocs(), axis.get_majorticklabels(), strict=False)
    return [label for place, label in pairs if not low - slack <= place <= high + slack]
