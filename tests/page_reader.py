"""A reader of a page: windows, and what axe-core finds in one."""

from importlib import resources

_AXE = (resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
SIZES = [(390, 844), (1280, 720), (1920, 1080)]
HELD = """
    const {postMessage} = Worker.prototype, waiting = [];
    globalThis.held = "";
    globalThis.answers = 0;
    Worker.prototype.postMessage = function (data) {
      if (data.facts) this.addEventListener("message", () => (globalThis.answers += 1));
      const send = () => postMessage.call(this, data);
      return data.ask === globalThis.held ? void waiting.push(send) : send();
    };
    globalThis.release = (most = Infinity) => waiting.splice(0, most).map((send) => send()).length;
"""  # messages to the model wait until they are released; says how many did
BY_HAND = """
    const acts = [];
    globalThis.setInterval = (act) => acts.push(act);
    globalThis.move = () => acts.map((act) => act()).length;
"""  # whatever moves by itself moves when it is told to; says how many things do


def axe_finds(tab):
    """Whatever axe-core finds wrong with what a tab shows."""
    tab.evaluate(_AXE)
    return [
        f"{each['id']}: {node['html']}"
        for each in tab.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        for node in each["nodes"]
    ]


def low_targets(tab):
    """What a finger has to hit and is less than 24 pixels high."""
    return tab.evaluate(
        "[...document.querySelectorAll('button, select, input, summary, [role=slider], .kicker a')]"
        ".filter((each) => each.checkVisibility() && each.getBoundingClientRect().height < 24)"
        ".map((each) => each.outerHTML)"
    )
