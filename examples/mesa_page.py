"""A negotiation in a browser, turn by turn, with Mesa's SolaraViz.

negsim does not install SolaraViz, which would hold other packages back. Give it an environment of its own:

    pip install . "mesa[viz]==3.5.1" "ipyvue<3"    # with ipyvue 3 the page stays blank (mesa#3806)
    solara run examples/mesa_page.py --host=127.0.0.1
"""

import solara
from matplotlib.figure import Figure
from mesa.visualization import SolaraViz, make_plot_component
from mesa.visualization.utils import update_counter

from negsim import NegotiationModel, names


@solara.component
def positions(model: NegotiationModel) -> None:
    """Show where delegates stand on each issue (a dot each), and the text (a bar)."""
    update_counter.get()  # draw again after each step
    figure = Figure(figsize=(6, 0.6 + 0.5 * len(model.room.issues)), layout="constrained")
    axes = figure.subplots()
    for row, issue in enumerate(model.room.issues):
        stand = [delegate.position[issue] for delegate in model.agents]
        axes.plot(stand, [row] * len(stand), "o", alpha=0.4)
        if issue in model.text:
            axes.plot([model.text[issue].value] * 2, [row - 0.3, row + 0.3], color="black")
    axes.set(xlim=(0, 1), yticks=range(len(model.room.issues)), yticklabels=model.room.issues)
    solara.FigureMatplotlib(figure)


@solara.component
def state(model: NegotiationModel) -> None:
    """Say which negotiation this is, and where it stands."""
    update_counter.get()
    outcome = model.outcome.name.lower().replace("_", " ")
    title, seed = model.room.scenario.title, model.seed
    solara.Text(f"{title}, seed {seed}: turn {model.turns}, minute {model.minute:.0f}, {outcome}")


page = SolaraViz(
    NegotiationModel("classroom", rng=1),
    components=[state, positions, make_plot_component(["trust_within", "trust_across", "share_agreed"])],
    model_params={
        "source": {"type": "Select", "value": "classroom", "values": names(), "label": "scenario"},
        "rng": {"type": "SliderInt", "value": 1, "min": 0, "max": 99, "step": 1, "label": "seed"},
    },
    name="negsim",
)
