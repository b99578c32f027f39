// Xor: two classes that no straight line parts, and hidden units that part them.
;(() => {
  const {phrase, strong, small} = globalThis.toys
  const {draws, learn} = globalThis.border
  const NAMES = {0: "none", 2: "two", 4: "four"} // by the number of hidden units
  const draw = draws(5)
  const samples = Array.from({length: 40}, (_, i) => {
    const [a, b] = [i & 1 ? 1 : -1, i & 2 ? 1 : -1]
    return {at: [a + 0.45 * draw(), b + 0.45 * draw()], label: Number(a * b < 0)}
  })

  learn({
    state: {units: 0},
    choices: {units: Object.entries(NAMES).map(([units, name]) => [Number(units), "ink", phrase(name)])},
    recipe: ({units}) => ({samples, units, activation: "tanh", rate: 0.7, seed: 4, far: 2}),
    every: 2,
    count: 60,
    say: ({units, updates}, n) => {
      const isSolved = n === samples.length
      const kind = isSolved ? "solved" : units ? "learning" : "line"
      const share = strong(phrase("right", {n, all: samples.length}), isSolved ? "green" : "red")
      return [share, phrase(kind), small("after", {n: updates})]
    },
    pace: 150,
  })
})()
