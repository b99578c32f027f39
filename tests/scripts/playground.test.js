// The settings of the playground: addresses and cells for the engine.
import assert from "node:assert/strict"
import {test} from "node:test"
import {load} from "./load.js"

load("elements", "numbers", "charts", "playground/settings")
const {readChoice, choiceText, settingsOf, cellOf, studySettings, frameEpochs} = globalThis.playgroundSettings

const choices = {
  dataset: ["xor", "digits"],
  epochs: [2, 50],
  depth: [0, 1, 2],
  width: [8, 32],
  activation: ["relu", "sigmoid"],
  initialisation: ["own", "glorot"],
  objective: ["softmax+cross_entropy", "sigmoid+mse"],
  optimiser: ["sgd", "momentum"],
  batch_size: [16, "full"],
  learning_rate: [0.125, 2],
}
const all = {
  start: {seed: 1, ...Object.fromEntries(Object.entries(choices).map(([name, [first]]) => [name, first]))},
  shared: ["dataset", "epochs", "seed"],
  choices: Object.fromEntries(
    Object.entries(choices).map(([name, list]) => [name, list.map(value => [value, "name"])]),
  ),
  datasets: {
    xor: {inputs: 2, samples: 640, outputs: {softmax: 2, sigmoid: 1}},
    digits: {inputs: 64, samples: 1150, outputs: {softmax: 10, sigmoid: 10}},
  },
  initialisations: {relu: "he", sigmoid: "inverse_n"},
  momenta: {sgd: 0, momentum: 0.9},
  defaults: {weight_decay: 0, training_samples: "standard", dropout: 0},
}
const choose = text => readChoice(text, all).choice
const cellOfText = (text, i = 0) => cellOf(settingsOf(choose(text), i), all)

test("an address has one value for both networks, or one for each", () => {
  const {choice, mistakes} = readChoice("dataset=digits&seed=101&depth=0,2&objective=softmax%2Bcross_entropy", all)
  assert.deepEqual(mistakes, [])
  assert.deepEqual([choice.dataset, choice.seed, choice.depth], [["digits"], ["101"], ["0", "2"]])
  assert.equal(settingsOf(choice, 1).depth, "2")
  assert.equal(settingsOf(choice, 1).dataset, "digits")
})

test("what an address leaves out is as at the start", () => {
  assert.deepEqual(choose("").learning_rate, ["0.125"])
  assert.equal(choiceText(choose(""), all), "")
})

test("an address reads as the choice that it was written for", () => {
  const text = "seed=7&depth=0,2&objective=softmax%2Bcross_entropy,sigmoid%2Bmse&learning_rate=2"
  assert.deepEqual(choose(choiceText(choose(text), all)), choose(text))
  assert.match(choiceText(choose(text), all), /depth=0,2/)
})

test("damaged parts of an address are named, and the rest is used", () => {
  const text = "dataset=mars&epochs=2,50&depth=0,1,2&width=&nonsense&seed=-1&__proto__=1&activation=sigmoid"
  const {choice, mistakes} = readChoice(text, all)
  assert.deepEqual(mistakes, ["dataset", "epochs", "depth", "width", "nonsense", "seed", "__proto__"])
  assert.deepEqual(choice, choose("activation=sigmoid"))
})

test("frames are from the start to the last epoch, and close together at first", () => {
  const epochs = frameEpochs(50)
  assert.equal(epochs[0], 0)
  assert.equal(epochs.at(-1), 50)
  assert.ok(epochs.every((epoch, i) => i === 0 || epoch > epochs[i - 1]))
  assert.ok(epochs[1] < 1)
})

test("a cell has the layers, the initialisation and the batch of its settings", () => {
  const cell = cellOfText("dataset=digits&depth=2&width=32&activation=sigmoid&batch_size=full&optimiser=momentum")
  assert.deepEqual(cell.layers, [64, 32, 32, 10])
  assert.equal(cell.initialisation, "inverse_n")
  assert.equal(cell.batchSize, 1150)
  assert.equal(cell.momentum, 0.9)
  assert.deepEqual(cellOfText("depth=0&objective=sigmoid%2Bmse").layers, [2, 1])
})

test("records are whole updates, each once, and every frame has one", () => {
  for (const text of ["epochs=50", "epochs=2&batch_size=full"]) {
    const {records, due} = cellOfText(text)
    assert.ok(records.every((updates, i) => Number.isInteger(updates) && (i === 0 || updates > records[i - 1])))
    assert.ok(due.every(updates => records.includes(updates)))
    assert.equal(records.at(-1), Number(choose(text).epochs[0]) * (text.includes("full") ? 1 : 40))
  }
})

test("the study's names for the settings of a cell", () => {
  const settings = studySettings(
    cellOfText("depth=2&batch_size=full"),
    settingsOf(choose("depth=2&batch_size=full"), 0),
    all,
  )
  assert.equal(settings.hidden, "8-8")
  assert.equal(settings.batch_size, "full")
})
