// A ring around a disc: the activation function decides how the border between them bends.
;(() => {
  const {phrase, strong, small} = globalThis.toys
  const {draws, learn} = globalThis.border
  const COLOURS = {identity: "ink", relu: "blue", tanh: "green", sigmoid: "purple"}
  const RATES = {identity: 0.5, relu: 0.5, tanh: 0.7, sigmoid: 3}
  const draw = draws(9)
  const samples = Array.from({length: 60}, (_, i) => {
    const label = i % 2
    const [angle, radius] = [(2 * Math.PI * i) / 60, (label ? 1.65 : 0.55) + 0.3 * draw()]
    return {at: [radius * Math.cos(angle), radius * Math.sin(angle)], label}
  })

  learn({
    state: {activation: "relu"},
    choices: {activation: Object.entries(COLOURS)},
    recipe: ({activation}) => ({samples, units: 6, activation, rate: RATES[activation], seed: 3, far: 2.2}),
    every: 3,
    count: 80,
    say: ({activation, updates}, n) => [
      strong(phrase(`border ${activation}`), COLOURS[activation]),
      small("right", {n, all: samples.length, updates}),
    ],
    pace: 120,
  })
})()
