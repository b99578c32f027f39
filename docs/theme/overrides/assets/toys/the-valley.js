// A ball in a valley: steps of gradient descent at the reader's learning rate, in a valley as narrow as the reader chooses.
;(() => {
  const {phrase, steps, clip, scale, line, across, dot, knob, text, strong, small, start} = globalThis.toys
  const {signed, significant, tickText} = globalThis.numbers
  const {loss, descend, course, within} = globalThis.descent
  const [START, STEPS, WIDE, BOTTOM] = [6, 10, 9, 26]
  const COLOURS = {creeps: "blue", arrives: "green", overshoots: "green", swings: "red", diverges: "red"}
  const VALLEYS = {1: "wide", 2: "medium", 4: "narrow"} // by their curvature
  const HIGH = 1.15 * loss(2, WIDE)
  const rates = steps(0.05, 2.4, 0.05)

  /** Return an arrow's head at the end of the valley, on the side where the ball has left the picture, and its place. */
  function gone([[left, low], [right, high]], w, colour) {
    const angle = Math.atan2(high - low, right - left)
    const barb = turn => [right - 14 * Math.cos(angle + turn), high - 14 * Math.sin(angle + turn)]
    const [inward, anchor] = w > 0 ? [-16, "end"] : [16, "start"]
    return [
      line([barb(0.5), [right, high], barb(-0.5)], colour, {"stroke-width": 4}),
      text(right + inward, Math.max(high - 8, 14), `w = ${significant(w, 2)}`, anchor, {"font-weight": 600}),
    ]
  }

  function draw({rate, curvature, step}, width) {
    const height = clip(width * 0.56, 260, 380)
    const x = scale(-WIDE - 1, WIDE + 1, 0, width)
    const y = scale(0, HIGH, height - BOTTOM, 8)
    const point = w => [w, loss(curvature, w)]
    const placed = points => points.map(([w, up]) => [x(w), y(up)])
    const bowl = steps(-WIDE, WIDE, WIDE / 50)
      .map(point)
      .filter(([, up]) => up < HIGH)
    const colour = COLOURS[course(rate, curvature)]
    const path = descend(START, rate, curvature, step).map(point)
    const inside = within([WIDE + 1, HIGH], path)
    const walked = placed(inside)
    const [w] = path.at(-1)
    const edge = w > 0 ? bowl.slice(-2) : [bowl[1], bowl[0]]
    return {
      height,
      shapes: [
        across(y(0), 0, width),
        line(placed(bowl), "soft", {"stroke-width": 3}),
        line(walked, colour, {"stroke-width": 1.5, "stroke-dasharray": "4 3"}),
        walked.slice(0, -1).map(([left, up]) => dot(left, up, 4.5, colour)),
        inside === path ? knob(...walked.at(-1), 11, colour) : gone(placed(edge), w, colour),
        text(x(WIDE) - 4, height - 8, "w", "end", {"font-style": "italic"}),
        [-6, -3, 0, 3, 6].map(tick => text(x(tick), height - 8, signed(`${tick}`), "middle")),
      ],
    }
  }

  function say({rate, curvature, step}) {
    if (step === 0) return phrase("start")
    const kind = course(rate, curvature)
    const w = significant(descend(START, rate, curvature, step).at(-1), 2)
    return [strong(phrase(kind), COLOURS[kind]), small("factor", {factor: tickText(1 - rate * curvature), n: step, w})]
  }

  start({
    state: {rate: 0.1, curvature: 2, step: 6},
    choices: {curvature: Object.entries(VALLEYS).map(([curvature, name]) => [Number(curvature), "ink", phrase(name)])},
    sliders: {
      rate: {label: phrase("rate"), values: rates, say: rate => tickText(rate)},
      step: {label: phrase("step"), values: steps(0, STEPS)},
    },
    draw,
    say,
    play: {name: "step", to: STEPS},
    // Dragging to the side changes the rate, so that the first step ends under the finger.
    drag: ([left], {curvature, step}, width) => {
      const w = scale(0, width, -WIDE - 1, WIDE + 1)(left)
      const wanted = (1 - w / START) / curvature
      const rate = rates.reduce((best, one) => (Math.abs(one - wanted) < Math.abs(best - wanted) ? one : best))
      return {rate, step: step || STEPS}
    },
  })
})()
