// A ring around a disc: the activation function decides how the border between them bends.
;(() => {
  const {phrase, strong, start} = globalThis.toys
  const {element} = globalThis.elements
  const {draws, train, right, plane} = globalThis.border
  const [FAR, EVERY, COUNT, UNITS] = [2.2, 3, 80, 6]
  const COLOURS = {identity: "ink", relu: "blue", tanh: "green", sigmoid: "purple"}
  const draw = draws(9)
  const samples = Array.from({length: 60}, (_, i) => {
    const label = i % 2
    const [angle, radius] = [(2 * Math.PI * i) / 60, (label ? 1.65 : 0.55) + 0.3 * draw()]
    return {at: [radius * Math.cos(angle), radius * Math.sin(angle)], label}
  })
  const RATES = {identity: 0.5, relu: 0.5, tanh: 0.7, sigmoid: 3}
  const trained = {}
  const shots = activation =>
    (trained[activation] ??= train({
      samples,
      units: UNITS,
      activation,
      rate: RATES[activation],
      seed: 3,
      every: EVERY,
      count: COUNT,
    }))
  const shot = ({activation, updates}) => shots(activation)[updates / EVERY]
  const size = width => Math.min(width, 380)

  start({
    state: {activation: "relu", updates: 0},
    choices: {activation: Object.keys(COLOURS).map(name => [name, phrase(name), COLOURS[name]])},
    sliders: {updates: {label: phrase("knob"), values: Array.from({length: COUNT + 1}, (_, i) => EVERY * i)}},
    draw: (state, width) => ({
      height: size(width) + 2,
      shapes: plane({weights: shot(state), activation: state.activation, samples, far: FAR, width, size: size(width)}),
    }),
    say: ({activation, updates}) => {
      const n = right(shot({activation, updates}), activation, samples)
      return [
        strong(phrase(`border ${activation}`), COLOURS[activation]),
        element("small", phrase("right", {n, all: samples.length, updates})),
      ]
    },
    play: {name: "updates", to: EVERY * COUNT, pace: 120},
    drag: "updates",
  })
})()
