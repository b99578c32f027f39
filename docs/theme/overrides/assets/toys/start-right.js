// Gradients of a deep network before training, as the variance of its weights changes: calculated, and measured at two.
;(() => {
  const {data, phrase, clip, scale, line, across, dot, text, strong, small, start} = globalThis.toys
  const {significant} = globalThis.numbers
  const [DECADES, LEFT, TOP, BOTTOM] = [8, 84, 14, 30]
  const {variances, arms} = data
  const COLOURS = {sigmoid: "purple", tanh: "green", relu: "blue"}
  const NAMED = {1: "Glorot", 2: "He"} // variance × n of layers of equal width
  const layers = arms.relu.predicted[0].length
  const predicted = ({activation, variance}) => arms[activation].predicted[variances.indexOf(variance)]
  const measured = ({activation, variance}) => arms[activation].measured[variance]
  const name = variance => `${significant(variance, 2)}/n${NAMED[variance] ? `, ${NAMED[variance]}` : ""}`
  const kind = share => (share < 0.1 ? "vanishes" : share > 10 ? "explodes" : "right")
  const mark = power => `${power < 0 ? "1/" : ""}${(10 ** Math.abs(power)).toLocaleString("en")}`

  function draw(state, width) {
    const height = clip(width * 0.5, 260, 360)
    const x = scale(1, layers, LEFT + 12, width - 14)
    const y = scale(DECADES / 4, -DECADES, TOP, height - BOTTOM)
    const isShown = power => power > -DECADES && power < DECADES / 4
    const course = numbers => numbers.flatMap((v, i) => (isShown(Math.log10(v)) ? [[x(i + 1), y(Math.log10(v))]] : []))
    const colour = COLOURS[state.activation]
    const others = Object.keys(COLOURS).filter(one => one !== state.activation)
    const pale = activation =>
      line(course(predicted({...state, activation})), COLOURS[activation], {opacity: 0.35, "stroke-width": 2})
    return {
      height,
      shapes: [
        [2, 0, -2, -4, -6, -8].map(power => [
          across(y(power), LEFT, width, power ? "rule" : "soft"),
          text(LEFT - 6, y(power) + 4, mark(power), "end"),
        ]),
        others.map(pale),
        line(course(predicted(state)), colour, {"stroke-dasharray": "6 4"}),
        course(measured(state) ?? []).map(([left, up]) => dot(left, up, 6, colour)),
        text(x(1), height - 8, phrase("layer", {n: 1})),
        text(x(layers), height - 8, phrase("layer", {n: layers}), "end"),
      ],
    }
  }

  function say(state) {
    const [share] = predicted(state)
    const shown = kind(share) === "right" ? share.toFixed(2) : significant(share, 1)
    return [
      phrase("with", {variance: name(state.variance)}),
      strong(`× ${shown}`, COLOURS[state.activation]),
      phrase(kind(share)),
      small(measured(state) ? "measured" : "calculated"),
    ]
  }

  start({
    state: {activation: "relu", variance: 0.5},
    choices: {activation: Object.entries(COLOURS)},
    sliders: {variance: {label: phrase("knob"), values: variances, say: name}},
    draw,
    say,
    play: {name: "variance", to: 2},
    drag: "variance",
  })
})()
