// The settings of the playground: addresses, cells for the engine, and the study's own runs of the same settings.
import assert from "node:assert/strict"
import {test} from "node:test"
import {load} from "./load.js"

load("playground/settings", "playground/study-curves")
const {readChoice, choiceText, settingsOf, cellOf, studySettings, frameEpochs} = globalThis.playgroundSettings
const {pointOf, bandOf} = globalThis.studyCurves

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

const SETTINGS = [
  ...["experiment", "dataset", "hidden", "activation", "initialisation", "objective", "optimiser", "momentum"],
  ...["weight_decay", "training_samples", "batch_size", "dropout", "output", "loss", "learning_rate", "policy"],
]
const rowOf = (experiment, activation, batch, dropout = 0) => [
  ...[experiment, "xor", "8", activation, "he", "softmax+cross_entropy", "sgd", 0, 0, "standard"],
  ...[batch, dropout, "softmax", "cross_entropy", "path"],
]
const grid = {
  settings: Object.fromEntries(SETTINGS.map(name => [name, {}])),
  cells: [
    rowOf("short", "relu", 16),
    rowOf("long", "relu", 16),
    rowOf("long", "gelu", 16),
    rowOf("long", "relu", "full"),
    rowOf("long", "relu", 16, 0.5),
  ],
  points: [
    [0, 0.125, [], 3],
    [1, 0.125, [], 20],
    [1, 2, [], 20],
    [2, 0.125, [], 20],
    [3, 0.125, [], 20],
    [4, 0.125, [], 40],
  ],
}
const curves = {0: [[0, 2]], 1: [[0, 9]], 3: [[0, 9]], 4: [[0, 9]], 5: [[0, 9]]}
const studied = text => studySettings(cellOfText(text), settingsOf(choose(text), 0), all)
const find = text => pointOf(studied(text), Number(choose(text).learning_rate[0]), grid, curves)

test("the study's runs are found by exactly the same settings, those of most seeds first", () => {
  assert.equal(find("depth=1"), 1) // not 5, whose dropout the playground does not offer
  assert.equal(find("depth=1&batch_size=full"), 4)
})

test("other settings, and points without curves, have no runs of the study", () => {
  for (const text of [
    "depth=2",
    "depth=1&learning_rate=2",
    "depth=1&optimiser=momentum",
    "depth=1&initialisation=glorot",
  ])
    assert.equal(find(text), undefined)
})

test("a setting of the study of which the page knows nothing has no runs of the study", () => {
  const noDefault = {...studied("depth=1"), dropout: undefined}
  assert.equal(pointOf(noDefault, 0.125, grid, curves), undefined)
})

test("a band has the quartiles of the seeds at each record that has them", () => {
  const columns = Array.from({length: 12}, (_, i) => (i === 7 ? [null, i] : [i, i])) // i is a column, 7 is of the training loss
  const band = bandOf(studied("depth=1"), 0.125, {grid, curves: {1: [[0, 9], ...columns]}})
  assert.deepEqual(band, {
    n: 20,
    test_accuracy: [
      [0, 4, 5],
      [9, 4, 5],
    ],
    train_loss: [[9, 7, 8]],
  })
})
