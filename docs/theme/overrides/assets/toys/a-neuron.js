// A neuron decides about an umbrella: what each input adds to the sum, and what the neuron passes on.
;(() => {
  const {phrase, scale, line, dot, text, box, strong, start} = globalThis.toys
  const {element} = globalThis.elements
  const {decimals, significant} = globalThis.numbers
  const [BIAS, COAT] = [-2, -1.5]
  const [ROW, MOST, LABEL] = [40, 5, 92]
  const steps = (low, high, count) => Array.from({length: count + 1}, (_, i) => low + ((high - low) * i) / count)
  const parts = ({dark, far, coat, w1, w2}) => [dark * w1, far * w2, coat * COAT, BIAS]
  const sum = state =>
    Number(
      parts(state)
        .reduce((total, part) => total + part)
        .toFixed(6),
    )
  const ACTIVATIONS = {sigmoid: z => 1 / (1 + Math.exp(-z)), relu: z => Math.max(0, z)}
  const OPEN = {sigmoid: 0.5, relu: 0} // an output above it is a yes

  function draw(state, width) {
    const [z, total] = [sum(state), parts(state)]
    const names = ["dark", "far", "coat", "bias", "sum"].map(term => phrase(term))
    const terms = [
      `${decimals(state.dark)} × ${state.w1}`,
      `${decimals(state.far)} × ${state.w2}`,
      `${state.coat} × ${COAT}`,
    ]
    const x = scale(-MOST, MOST, LABEL, width - 8)
    const row = i => 8 + i * ROW
    const bar = (i, value) => {
      const colour = i === 4 ? "ink" : value < 0 ? "red" : "blue"
      const at = x(Math.min(Math.max(value, -MOST), MOST))
      const shown = `${terms[i] ? `${terms[i].replaceAll("-", "−")} = ` : ""}${decimals(value)}`
      const isLeft = value < 0
      return [
        text(0, row(i) + 19, names[i], {"font-size": 12, "font-weight": i === 4 ? 700 : 400}),
        box(Math.min(x(0), at), row(i) + 4, Math.abs(at - x(0)), 20, colour),
        i < 2 && dot(at, row(i) + 14, 9, colour, {stroke: "var(--toy-ink)", "stroke-width": 2}),
        text(x(0) + (isLeft ? 8 : -8), row(i) + 19, shown, {"text-anchor": isLeft ? "start" : "end", "font-size": 12}),
      ]
    }
    const height = row(5) + 6
    return {
      height,
      shapes: [
        line(
          [
            [x(0), 4],
            [x(0), height - 6],
          ],
          "soft",
          {"stroke-width": 1},
        ),
        line(
          [
            [0, row(4) - 1],
            [width, row(4) - 1],
          ],
          "soft",
          {"stroke-width": 1},
        ),
        [...total, z].map((value, i) => bar(i, value)),
      ]
        .flat(3)
        .filter(Boolean),
    }
  }

  function say(state) {
    const z = sum(state)
    const out = ACTIVATIONS[state.activation](z)
    const isYes = out > OPEN[state.activation]
    return [
      strong(phrase(isYes ? "yes" : "no"), isYes ? "blue" : "red"),
      element("small", phrase("passed", {z: decimals(z), activation: phrase(state.activation), out: significant(out)})),
    ]
  }

  start({
    state: {coat: 1, activation: "sigmoid", dark: 0.2, far: 0.5, w1: 3, w2: 2},
    choices: {
      coat: [
        [1, phrase("with coat")],
        [0, phrase("without coat")],
      ],
      activation: [
        ["sigmoid", phrase("sigmoid")],
        ["relu", phrase("relu")],
      ],
    },
    sliders: {
      dark: {label: phrase("dark x"), values: steps(0, 1, 10).map(v => Number(v.toFixed(1)))},
      w1: {label: phrase("dark w"), values: steps(-4, 4, 16)},
      far: {label: phrase("far x"), values: steps(0, 1, 10).map(v => Number(v.toFixed(1)))},
      w2: {label: phrase("far w"), values: steps(-4, 4, 16)},
    },
    draw,
    say,
    play: {name: "dark", to: 0.9},
    // The bars of the inputs can be dragged: their length is input × weight.
    drag: ([across, down], state, width) => {
      const [name, weight] = down < 8 + ROW ? ["dark", state.w1] : down < 8 + 2 * ROW ? ["far", state.w2] : []
      if (!name || !weight) return undefined
      const input = scale(LABEL, width - 8, -MOST, MOST)(across) / weight
      return {[name]: Number(Math.min(Math.max(input, 0), 1).toFixed(1))}
    },
  })
})()
