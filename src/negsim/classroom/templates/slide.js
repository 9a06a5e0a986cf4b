// Turn the slides with the keys of a presenter, and make what is too tall for its slide smaller.

const SLIDES = [...document.querySelectorAll(".slide")];
const STEPS = {
  ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1, Home: -Infinity,
  End: Infinity,
};
const SMALLEST = 40; // per cent of the usual size of type

let current = 0;

function show(number) {
  current = Math.max(0, Math.min(SLIDES.length - 1, number));
  SLIDES[current].scrollIntoView();
  try {
    history.replaceState(null, "", `#${current + 1}`);
  } catch {
    // a page inside a frame has no address of its own
  }
}

function fit(slide) {
  for (let size = 100; size >= SMALLEST; size -= 2) {
    slide.style.fontSize = `${size}%`;
    if (slide.scrollHeight <= slide.clientHeight && slide.scrollWidth <= slide.clientWidth) return;
  }
}

function fitAll() {
  SLIDES.forEach(fit);
  show(current);
}

addEventListener("keydown", (event) => {
  if (!(event.key in STEPS) || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  show(current + STEPS[event.key]);
});
addEventListener("scrollend", () => {
  current = Math.round(scrollY / innerHeight);
});
addEventListener("resize", fitAll);
addEventListener("load", () => {
  current = (Number.parseInt(location.hash.slice(1), 10) || 1) - 1;
  fitAll();
});
