// Xor: two classes that no straight line parts, and hidden units that part them.
;(() => {
  const {phrase, strong, start} = globalThis.toys
  const {element} = globalThis.elements
  const {draws, train, right, plane} = globalThis.border
  const [FAR, EVERY, COUNT] = [2, 2, 60]
  const draw = draws(5)
  const samples = Array.from({length: 40}, (_, i) => {
    const [a, b] = [i & 1 ? 1 : -1, i & 2 ? 1 : -1]
    return {at: [a + 0.45 * draw(), b + 0.45 * draw()], label: Number(a * b < 0)}
  })
  const trained = {}
  const shots = units =>
    (trained[units] ??= train({samples, units, activation: "tanh", rate: 0.7, seed: 4, every: EVERY, count: COUNT}))
  const shot = ({units, updates}) => shots(units)[updates / EVERY]
  const size = width => Math.min(width, 380)

  start({
    state: {units: 0, updates: 0},
    choices: {
      units: [
        [0, phrase("none")],
        [2, phrase("two")],
        [4, phrase("four")],
      ],
    },
    sliders: {updates: {label: phrase("knob"), values: Array.from({length: COUNT + 1}, (_, i) => EVERY * i)}},
    draw: (state, width) => ({
      height: size(width) + 2,
      shapes: plane({weights: shot(state), activation: "tanh", samples, far: FAR, width, size: size(width)}),
    }),
    say: state => {
      const n = right(shot(state), "tanh", samples)
      const share = phrase("right", {n, all: samples.length})
      const kind = n === samples.length ? "solved" : state.units ? "learning" : "line"
      return [
        strong(share, n === samples.length ? "green" : "red"),
        phrase(kind),
        element("small", phrase("after", {n: state.updates})),
      ]
    },
    play: {name: "updates", to: EVERY * COUNT, pace: 150},
    drag: "updates",
  })
})()
