// Hidden units after training at a learning rate: those that are dead are grey. Below, how many networks have learnt.
;(() => {
  const {data, phrase, steps, scale, across, dot, bold, strong, small, start} = globalThis.toys
  const [UNITS, COLUMNS, FOOT] = [100, 20, 40]
  const {rates, arms} = data
  const name = rate => (rate < 1 ? `1/${Math.round(1 / rate)}` : `${rate}`)
  const [activations, depths] = [Object.keys(arms), Object.keys(Object.values(arms)[0])]
  const of = ({activation, depth, rate}) => arms[activation][depth][rates.indexOf(rate)]
  const order = i => (i * 37 + 11) % UNITS // in which units die: it looks like chance, and each keeps its place

  function draw(state, width) {
    const {dead, learn, seeds} = of(state)
    const gap = width / COLUMNS
    const bottom = (UNITS / COLUMNS) * gap
    const height = bottom + FOOT + 40
    const grey = Math.round(UNITS * dead)
    const unit = i => {
      const [colour, strength] = order(i) < grey ? ["soft", 0.2] : ["blue", 1]
      const [x, y] = [gap * ((i % COLUMNS) + 0.5), gap * (Math.floor(i / COLUMNS) + 0.5)]
      return dot(x, y, gap * 0.38, colour, {"fill-opacity": strength, stroke: `var(--toy-${colour})`})
    }
    const x = scale(0, seeds, 0, width)
    const network = i => across(height - 14, x(i) + 2, x(i + 1) - 2, ...(i < learn ? ["green", 16] : ["red", 5]))
    return {
      height,
      shapes: [
        steps(0, UNITS - 1).map(unit),
        bold(0, bottom + 24, phrase("networks", {n: seeds})),
        steps(0, seeds - 1).map(network),
      ],
    }
  }

  function say(state) {
    const {dead, learn, seeds} = of(state)
    return [
      phrase("at", {rate: name(state.rate)}),
      strong(phrase("percent", {n: (100 * dead).toFixed(1)}), "blue"),
      phrase("dead"),
      small(learn ? "learn" : "none", {learn, seeds}),
    ]
  }

  start({
    state: {activation: activations[0], depth: depths.at(-1), rate: rates[0]},
    choices: {activation: activations, depth: depths.map(depth => [depth, "ink", phrase("layers", {n: depth})])},
    sliders: {rate: {label: phrase("rate"), values: rates, say: name, ends: width => [20, width - 20]}},
    draw,
    say,
    play: {name: "rate", to: rates.at(-1)},
    drag: "rate",
  })
})()
