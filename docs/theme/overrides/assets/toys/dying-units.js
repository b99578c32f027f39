// Hidden units after training at a learning rate: those that are dead are grey. Below, how many networks have learnt.
;(() => {
  const {data, phrase, scale, line, dot, text, strong, start} = globalThis.toys
  const {element} = globalThis.elements
  const [UNITS, COLUMNS, FOOT] = [100, 20, 40]
  const {rates, arms} = data
  const name = rate => (rate < 1 ? `1/${Math.round(1 / rate)}` : `${rate}`)
  const [activations, depths] = [Object.keys(arms), Object.keys(Object.values(arms)[0])]
  const of = ({activation, depth, rate}) => arms[activation][depth][rates.indexOf(rate)]
  const ends = width => [20, width - 20]

  function draw(state, width) {
    const {dead, learn, seeds} = of(state)
    const gap = width / COLUMNS
    const rows = UNITS / COLUMNS
    const height = rows * gap + FOOT + 40
    const grey = Math.round(UNITS * dead)
    // Units die in an order that looks like chance, and each keeps its place.
    const order = i => (i * 37 + 11) % UNITS
    const unit = i => {
      const isDead = order(i) < grey
      const [x, y] = [gap * ((i % COLUMNS) + 0.5), gap * (Math.floor(i / COLUMNS) + 0.5)]
      const ring = {"fill-opacity": isDead ? 0.2 : 1, stroke: `var(--toy-${isDead ? "soft" : "blue"})`}
      return dot(x, y, gap * 0.38, isDead ? "soft" : "blue", ring)
    }
    const x = scale(0, seeds, 0, width)
    const each = width / seeds
    return {
      height,
      shapes: [
        Array.from({length: UNITS}, (_, i) => unit(i)),
        text(0, rows * gap + 24, phrase("networks", {n: seeds}), {"font-size": 12, "font-weight": 600}),
        Array.from({length: seeds}, (_, i) =>
          line(
            [
              [x(i) + 2, height - 14],
              [x(i) + each - 2, height - 14],
            ],
            i < learn ? "green" : "red",
            {
              "stroke-width": i < learn ? 16 : 5,
            },
          ),
        ),
      ],
    }
  }

  function say(state) {
    const {dead, learn, seeds} = of(state)
    const number = (100 * dead).toFixed(1)
    return [
      phrase("at", {rate: name(state.rate)}),
      strong(phrase("percent", {n: number}), "blue"),
      phrase("dead"),
      element("small", phrase(learn ? "learn" : "none", {learn, seeds})),
    ]
  }

  start({
    state: {activation: activations[0], depth: depths.at(-1), rate: rates[0]},
    choices: {
      activation: activations.map(one => [one, phrase(one)]),
      depth: depths.map(depth => [depth, phrase("layers", {n: depth})]),
    },
    sliders: {rate: {label: phrase("rate"), values: rates, say: name, ends}},
    draw,
    say,
    play: {name: "rate", to: rates.at(-1)},
    drag: "rate",
  })
})()
