"""What a figure keeps at any width: it is no wider than was asked for, nothing is cut off, and it can be read."""

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

SMALLEST = 6.0  # points, of type
SLACK = 0.02  # inches


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
