// The explorer's points, filters and addresses, for a grid of two experiments.
import assert from "node:assert/strict"
import {test} from "node:test"
import {load} from "./load.js"

const setting = (values, counted = false) => ({values, counted})

const grid = {
  settings: {
    experiment: setting(["main-grid", "rates"]),
    dataset: setting(["digits"]),
    activation: setting(["relu", "tanh"]),
    batch_size: setting([16, "full"], true),
    learning_rate: setting([0.25, 0.5], true),
    policy: setting(["tuned"]),
  },
  measures: {
    test_accuracy: {unit: "points", median: false, scale: "error", layer: false},
    epochs_to_90: {unit: "epochs", median: true, scale: "linear", layer: false},
  },
  experiments: {"main-grid": ["test_accuracy"], rates: ["epochs_to_90"]},
  cells: [
    ["main-grid", "digits", "relu", 16, "relu-16"],
    ["main-grid", "digits", "tanh", "full", "tanh-full"],
    ["rates", "digits", "relu", 16, "rates-16"],
  ],
  // [cell, learning rate, policies, n, diverged]
  points: [
    [0, 0.25, ["tuned"], 20, 0],
    [0, 0.5, [], 20, 0.05],
    [1, 0.25, ["tuned"], 20, 1],
    [2, 0.5, [], 3, 0],
  ],
}
const words = {
  say: {
    never: "never",
    percent: "{number}%",
    "mean and sd": "{centre} ± {sd}",
    "median and quartiles": "{centre} ({low} to {high})",
  },
}

globalThis.document = {getElementById: () => null}
load("elements", "numbers", "charts", "explorer/study", "explorer/address")
const study = globalThis.explorerStudy.readStudy(grid, words)
const {addMeasures, points, passes, summaryText} = study
const {defaultState, formatAddress, moved, parseAddress} = globalThis.explorerAddress.addresses(study)
const {linearAxis, logAxis} = globalThis.charts

// Columns of numbers and of texts: mean and sd, or median and quartiles.
addMeasures("main-grid", [
  [96.5, 95, null],
  [0.3, null, null],
  ["96.50", "95.00", null],
  ["0.30", null, null],
])
addMeasures("rates", [[4], [3], ["Infinity"], ["4"], ["3"], [null]])

const pathsOf = state => points.filter(point => passes(point, state)).map(point => point.path)

test("points have the settings of their cell and the measures of their experiment", () => {
  assert.equal(points[0].activation, "relu")
  assert.deepEqual(points[0].measured.test_accuracy, {
    centre: 96.5,
    low: 96.2,
    high: 96.8,
    texts: ["96.50", "0.30"],
  })
  assert.deepEqual(points[2].measured, {}) // all runs diverged
  assert.equal(points[3].measured.epochs_to_90.high, Infinity)
})

test("the first view shows what varies at tuned rates", () => {
  const {experiment, x, y, colour, policy} = defaultState()
  assert.deepEqual(
    {experiment, x, y, colour, policy},
    {experiment: "main-grid", x: "batch_size", y: "test_accuracy", colour: "activation", policy: ["tuned"]},
  )
})

test("a point passes if each filter is empty or has its value", () => {
  const state = {...defaultState(), policy: []}
  assert.equal(pathsOf(state).length, 4)
  assert.deepEqual(pathsOf({...state, activation: ["tanh"]}), ["tanh-full"])
  assert.deepEqual(pathsOf({...state, policy: ["tuned"]}), ["relu-16", "tanh-full"])
  assert.deepEqual(pathsOf({...state, batch_size: ["full"], activation: ["relu"]}), [])
})

test("the address holds only what differs from the first view", () => {
  assert.equal(formatAddress(defaultState()), "")
  assert.equal(formatAddress({...defaultState(), x: "learning_rate", policy: []}), "policy=&x=learning_rate")
  assert.equal(formatAddress(defaultState("rates")), "experiment=rates")
})

test("an address brings its state back", () => {
  for (const changes of [
    {},
    {activation: ["relu", "tanh"], batch_size: [16, "full"], policy: []},
    {sort: "-test_accuracy", point: "relu-16@0.5"},
  ]) {
    const state = {...defaultState(), ...changes}
    assert.deepEqual(parseAddress(formatAddress(state)), state)
  }
})

test("an address that names something unknown is refused", () => {
  for (const hash of ["x=weather", "activation=rellu", "point=nowhere@1", "%E0%A4%A", "x", "x=a=b", "toString=1"]) {
    assert.equal(parseAddress(hash), null, hash)
  }
})

test("a measure is shown with its spread if it has one, and infinity has a word", () => {
  assert.equal(summaryText(points[0], "test_accuracy"), "96.50 ± 0.30%")
  assert.equal(summaryText(points[1], "test_accuracy"), "95.00%") // of one seed
  assert.equal(summaryText(points[2], "test_accuracy"), "–")
  assert.equal(summaryText(points[3], "epochs_to_90"), "4 (3 to never)")
})

test("another experiment keeps the filters that it has", () => {
  const state = {...defaultState(), activation: ["relu", "tanh"], batch_size: ["full"], sort: "n", point: "relu-16@0.5"}
  const {experiment, activation, batch_size, sort, point, y, policy} = moved(state, "rates")
  assert.deepEqual([experiment, activation, batch_size, sort, point], ["rates", ["relu"], [], "", ""])
  assert.deepEqual([y, policy], ["epochs_to_90", []])
})

test("an axis goes around its values and has several marks, however close or far apart they are", () => {
  for (const values of [[3], [0.4, 90], [2.01, 2.07], [1e-6, 1e5], [0.1, 100], [7, 8.5]])
    for (const axisOf of [linearAxis, logAxis]) {
      const {range, marks, of} = axisOf(values)
      assert.ok(range[0] < of(Math.min(...values)) && of(Math.max(...values)) < range[1], `${values}`)
      assert.ok(marks.length > 1 && marks.length < 12, `${axisOf.name} ${values}: ${marks}`)
      assert.ok(marks.every(([number]) => range[0] <= number && number <= range[1]))
      assert.equal(new Set(marks.map(([, text]) => text)).size, marks.length)
    }
})

test("data sets are never mixed: several have panels of their own", () => {
  const shapes = globalThis.explorerStudy.readStudy(
    {
      ...grid,
      settings: {...grid.settings, dataset: setting(["xor", "moons"])},
      cells: grid.cells.map(([experiment, , ...others], i) => [experiment, i ? "moons" : "xor", ...others]),
    },
    words,
  )
  const {parseAddress} = globalThis.explorerAddress.addresses(shapes)
  assert.equal(parseAddress("colour=none&columns=none").columns, "dataset")
  assert.equal(parseAddress("colour=none&columns=activation").rows, "dataset")
  assert.equal(parseAddress("colour=none&columns=none&dataset=xor").columns, "none")
  assert.equal(parseAddress("colour=dataset&columns=none").columns, "none")
})
