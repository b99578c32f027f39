// Gradients of a deep network before training, as the variance of its weights changes: calculated, and measured at two.
;(() => {
  const {data, phrase, scale, line, dot, text, strong, start} = globalThis.toys
  const {element} = globalThis.elements
  const {significant} = globalThis.numbers
  const [DECADES, LEFT, TOP, BOTTOM] = [8, 84, 14, 30]
  const {variances, arms} = data
  const COLOURS = {sigmoid: "purple", tanh: "green", relu: "blue"}
  const NAMED = {1: "Glorot", 2: "He"} // variance × n of layers of equal width
  const layers = arms.relu.predicted[0].length
  const left = ({activation, variance}) => arms[activation].predicted[variances.indexOf(variance)]
  const name = variance => `${significant(variance, 2)}/n${NAMED[variance] ? `, ${NAMED[variance]}` : ""}`
  const kind = share => (share < 0.1 ? "vanishes" : share > 10 ? "explodes" : "right")

  function draw(state, width) {
    const height = Math.min(360, Math.max(260, width * 0.5))
    const x = scale(1, layers, LEFT + 12, width - 14)
    const y = scale(DECADES / 4, -DECADES, TOP, height - BOTTOM)
    const high = v => y(Math.log10(v))
    const colour = COLOURS[state.activation]
    const isShown = v => Math.log10(v) > -DECADES && Math.log10(v) < DECADES / 4
    const course = numbers => numbers.flatMap((v, i) => (isShown(v) ? [[x(i + 1), high(v)]] : []))
    const mark = power => `${power < 0 ? "1/" : ""}${(10 ** Math.abs(power)).toLocaleString("en")}`
    const measured = arms[state.activation].measured[state.variance] ?? []
    return {
      height,
      shapes: [
        [2, 0, -2, -4, -6, -8].map(power => [
          line(
            [
              [LEFT, y(power)],
              [width, y(power)],
            ],
            power ? "rule" : "soft",
            {"stroke-width": 1},
          ),
          text(LEFT - 6, y(power) + 4, mark(power), {"text-anchor": "end", "font-size": 12}),
        ]),
        Object.keys(COLOURS)
          .filter(one => one !== state.activation)
          .map(one =>
            line(course(left({...state, activation: one})), COLOURS[one], {opacity: 0.35, "stroke-width": 2}),
          ),
        line(course(left(state)), colour, {"stroke-dasharray": "6 4"}),
        course(measured).map(([across, up]) => dot(across, up, 6, colour)),
        [1, layers].map(n =>
          text(x(n), height - 8, phrase("layer", {n}), {"text-anchor": n === 1 ? "start" : "end", "font-size": 12}),
        ),
      ],
    }
  }

  function say(state) {
    const share = left(state)[0]
    const shown = share < 0.1 || share > 10 ? significant(share, 1) : share.toFixed(2)
    return [
      phrase("with", {variance: name(state.variance)}),
      strong(`× ${shown}`, COLOURS[state.activation]),
      phrase(kind(share)),
      element("small", phrase(arms[state.activation].measured[state.variance] ? "measured" : "calculated")),
    ]
  }

  start({
    state: {activation: "relu", variance: 0.5},
    choices: {activation: Object.keys(COLOURS).map(one => [one, phrase(one), COLOURS[one]])},
    sliders: {variance: {label: phrase("knob"), values: variances, say: name}},
    draw,
    say,
    play: {name: "variance", to: 2},
    drag: "variance",
  })
})()
