// A neuron decides about an umbrella: what each input adds to the sum, and what the neuron passes on.
;(() => {
  const {phrase, steps, clip, scale, ACTIVATIONS, across, upright, knob, text, box, strong, small, start} =
    globalThis.toys
  const {decimals, significant} = globalThis.numbers
  const [BIAS, COAT] = [-2, -1.5]
  const [TOP, ROW, MOST, LABEL] = [8, 40, 5, 92]
  const PARTS = ["dark", "far", "coat", "bias", "sum"]
  const OPEN = {sigmoid: 0.5, relu: 0} // an output above it is a yes
  const parts = ({dark, far, coat, w1, w2}) => [dark * w1, far * w2, coat * COAT, BIAS]
  const sum = state =>
    Number(
      parts(state)
        .reduce((total, part) => total + part)
        .toFixed(6),
    )

  function draw(state, width) {
    const x = scale(-MOST, MOST, LABEL, width - 8)
    const factors = [`${decimals(state.dark)} × ${state.w1}`, `${decimals(state.far)} × ${state.w2}`]
    const terms = [...factors, `${state.coat} × ${COAT}`].map(term => `${term.replaceAll("-", "−")} = `)
    const bar = (value, i) => {
      const [y, isSum] = [TOP + i * ROW, i === 4]
      const colour = isSum ? "ink" : value < 0 ? "red" : "blue"
      const at = x(clip(value, -MOST, MOST))
      const [beside, anchor] = value < 0 ? [8, "start"] : [-8, "end"]
      return [
        text(0, y + 19, phrase(PARTS[i]), "start", {"font-weight": isSum ? 700 : 400}),
        box(Math.min(x(0), at), y + 4, Math.abs(at - x(0)), 20, colour),
        i < 2 && knob(at, y + 14, 9, colour),
        text(x(0) + beside, y + 19, `${terms[i] ?? ""}${decimals(value)}`, anchor),
      ]
    }
    const height = TOP + 5 * ROW + 6
    const bars = [...parts(state), sum(state)].map(bar)
    return {
      height,
      shapes: [upright(x(0), 4, height - 6, "soft"), across(TOP + 4 * ROW - 1, 0, width, "soft"), bars],
    }
  }

  function say(state) {
    const z = sum(state)
    const out = ACTIVATIONS[state.activation].value(z)
    const isYes = out > OPEN[state.activation]
    const values = {z: decimals(z), activation: phrase(state.activation), out: significant(out)}
    return [strong(phrase(isYes ? "yes" : "no"), isYes ? "blue" : "red"), small("passed", values)]
  }

  start({
    state: {coat: 1, activation: "sigmoid", dark: 0.2, far: 0.5, w1: 3, w2: 2},
    choices: {
      coat: [
        [1, "ink", phrase("with coat")],
        [0, "ink", phrase("without coat")],
      ],
      activation: ["sigmoid", "relu"],
    },
    sliders: {
      dark: {label: phrase("dark x"), values: steps(0, 1, 0.1)},
      w1: {label: phrase("dark w"), values: steps(-4, 4, 0.5)},
      far: {label: phrase("far x"), values: steps(0, 1, 0.1)},
      w2: {label: phrase("far w"), values: steps(-4, 4, 0.5)},
    },
    draw,
    say,
    play: {name: "dark", to: 0.9},
    // The bars of the inputs can be dragged: their length is input × weight.
    drag: ([left, down], {w1, w2}, width) => {
      const row = Math.max(Math.floor((down - TOP) / ROW), 0)
      const [name, weight] = [["dark", "far"][row], [w1, w2][row]]
      if (!name || !weight) return undefined
      const input = scale(LABEL, width - 8, -MOST, MOST)(left) / weight
      return {[name]: Number(clip(input, 0, 1).toFixed(1))}
    },
  })
})()
