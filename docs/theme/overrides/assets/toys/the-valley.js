// A ball in a valley: steps of gradient descent at the reader's learning rate, in a valley as narrow as the reader chooses.
;(() => {
  const {phrase, scale, line, ground, dot, text, strong, start} = globalThis.toys
  const {element} = globalThis.elements
  const {signed, significant, tickText} = globalThis.numbers
  const {loss, descend, course, within} = globalThis.descent
  const [START, STEPS, WIDE, BOTTOM] = [6, 10, 9, 26]
  const COLOURS = {creeps: "blue", arrives: "green", overshoots: "green", swings: "red", diverges: "red"}
  const rates = Array.from({length: 48}, (_, i) => Number((0.05 * (i + 1)).toFixed(2)))
  const HIGH = 1.15 * loss(2, WIDE)

  function draw({rate, curvature, step}, width) {
    const height = Math.min(380, Math.max(260, width * 0.56))
    const x = scale(-WIDE - 1, WIDE + 1, 0, width)
    const y = scale(0, HIGH, height - BOTTOM, 8)
    const point = w => [w, loss(curvature, w)]
    const placed = points => points.map(([w, up]) => [x(w), y(up)])
    const bowl = Array.from({length: 101}, (_, i) => point((i / 50 - 1) * WIDE)).filter(([, up]) => up < HIGH)
    const colour = COLOURS[course(rate, curvature)]
    const path = descend(START, rate, curvature, STEPS).map(point)
    const walked = within([WIDE + 1, HIGH], path.slice(0, step + 1))
    const [ball] = placed(walked.slice(-1))
    const marks = [-6, -3, 0, 3, 6].map(w =>
      text(x(w), height - 8, signed(`${w}`), {"text-anchor": "middle", "font-size": 12}),
    )
    return {
      height,
      shapes: [
        ground(y(0), width, "rule"),
        line(placed(bowl), "soft", {"stroke-width": 3}),
        line(placed(walked), colour, {"stroke-width": 1.5, "stroke-dasharray": "4 3"}),
        placed(walked.slice(0, -1)).map(([across, up]) => dot(across, up, 4.5, colour)),
        dot(...ball, 11, colour, {stroke: "var(--toy-ink)", "stroke-width": 2}),
        text(x(WIDE) - 4, height - 8, "w", {"text-anchor": "end", "font-style": "italic"}),
        marks,
      ],
    }
  }

  function say({rate, curvature, step}) {
    if (step === 0) return phrase("start")
    const kind = course(rate, curvature)
    const w = significant(descend(START, rate, curvature, step).at(-1), 2)
    const factor = tickText(1 - rate * curvature)
    return [strong(phrase(kind), COLOURS[kind]), element("small", phrase("factor", {factor, n: step, w}))]
  }

  start({
    state: {rate: 0.1, curvature: 2, step: 0},
    choices: {
      curvature: [
        [1, phrase("wide")],
        [2, phrase("medium")],
        [4, phrase("narrow")],
      ],
    },
    sliders: {
      rate: {label: phrase("rate"), values: rates, say: rate => tickText(rate)},
      step: {label: phrase("step"), values: [...Array(STEPS + 1).keys()]},
    },
    draw,
    say,
    play: {name: "step", to: STEPS},
    // Dragging to the side changes the rate, so that the first step ends under the finger.
    drag: ([across], {curvature, step}, width) => {
      const w = scale(0, width, -WIDE - 1, WIDE + 1)(across)
      const wanted = (1 - w / START) / curvature
      const rate = rates.reduce((best, one) => (Math.abs(one - wanted) < Math.abs(best - wanted) ? one : best))
      return {rate, step: step || STEPS}
    },
  })
})()
