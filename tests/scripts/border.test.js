// The tiny networks of small pages: their gradient, and what they learn.
import assert from "node:assert/strict"
import {test} from "node:test"
import {load} from "./load.js"

globalThis.elements ??= {}
load("squares", "toys/shapes", "toys/border")
const {draws, pass, gradient, train, right} = globalThis.border

const draw = draws(5)
const samples = Array.from({length: 40}, (_, i) => {
  const [a, b] = [i & 1 ? 1 : -1, i & 2 ? 1 : -1]
  return {at: [a + 0.45 * draw(), b + 0.45 * draw()], label: Number(a * b < 0)}
})

test("the gradient is the slope of the cross-entropy", () => {
  const step = 1e-6
  for (const activation of ["identity", "relu", "tanh", "sigmoid"])
    for (const units of [0, 3]) {
      const [weights] = train({samples, units, activation, rate: 1, seed: 2, every: 1, count: 0})
      const loss = () =>
        samples.reduce((sum, {at, label}) => {
          const {p} = pass(weights, activation, at)
          return sum - Math.log(label ? p : 1 - p) / samples.length
        }, 0)
      const slopes = gradient(weights, activation, samples)
      for (const [row, of] of [
        [weights.output, slopes.output],
        ...weights.hidden.map((row, i) => [row, slopes.hidden[i]]),
      ])
        for (const i of row.keys()) {
          row[i] += step
          const above = loss()
          row[i] -= 2 * step
          const slope = (above - loss()) / (2 * step)
          row[i] += step
          assert.ok(Math.abs(slope - of[i]) < 1e-6, `${activation} ${units} ${i}`)
        }
    }
})

test("no line parts xor, and hidden units do", () => {
  const recipe = {samples, activation: "tanh", rate: 0.7, seed: 4, every: 120, count: 1}
  const learnt = units => right(train({...recipe, units})[1], recipe)
  assert.ok(learnt(0) <= 30)
  assert.equal(learnt(4), 40)
})
