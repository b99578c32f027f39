// Run tasks with the engine of the page: JSON tasks on standard input, JSON answers on standard output. The engine is that
// of workers, or with --in-page that of the page itself, without WebAssembly.
import {readFileSync} from "node:fs"
import {runInThisContext} from "node:vm"
import {gzipSync} from "node:zlib"

const folder = new URL("../../docs/theme/overrides/assets/", import.meta.url)
const ENGINE = ["ziggurat", "random", "formulas", "network", "products", "data", "training", "statistics", "judging"]
const scripts = process.argv.includes("--in-page") ? ENGINE.filter(name => name !== "products") : ENGINE
const tools = ["elements", "networks", "playground/settings", "playground/code"]
for (const name of [...scripts.map(name => `engine/${name}`), ...tools])
  runInThisContext(readFileSync(new URL(`${name}.js`, folder), "utf8"), {filename: name})
const {engine} = globalThis

const data = new URL("../../src/ontrial/data/", import.meta.url)
engine.files = {
  optdigits: readFileSync(new URL("optdigits.csv.gz", data)).toString("base64"),
  titanic: gzipSync(readFileSync(new URL("titanic.csv", data))).toString("base64"),
}

const kept = {}
const dataset = async name => (kept[name] ??= await engine.DATASETS[name]())
const arrays = async ({name, seed, outputs, size}) =>
  (kept[[name, seed, outputs, size]] ??= engine.arrays(await dataset(name), seed, outputs, size))

const train = async run => [...(await engine.start(run))].filter(Boolean)

const TASKS = {
  registries: () =>
    Object.fromEntries(
      ["ACTIVATIONS", "LOSSES", "INITIALISATIONS", "OPTIMISERS", "PROBES", "METRICS", "STREAMS", "OUTPUTS"].map(
        name => [name, Array.isArray(engine[name]) ? engine[name] : Object.keys(engine[name])],
      ),
    ),
  draws({seed, key, size}) {
    const random = new engine.Generator(seed, key)
    const uniform = [random.uniform(), random.uniform()]
    const permutation = [...random.shuffle(Array.from({length: size}, (_, i) => i))]
    return {uniform, permutation, normal: Array.from({length: 20_000}, () => random.normal())}
  },
  activation: ({name, z}) => {
    const {value, slope} = engine.ACTIVATIONS[name]
    return {value: z.map(value), slope: z.map(x => slope(x, value(x)))}
  },
  split: async ({name, seed, size}) => engine.split(await dataset(name), seed, size),
  async arrays(options) {
    const sets = await arrays(options)
    return Object.fromEntries(Object.entries(sets).map(([set, {X, y}]) => [set, {X: [...X], y: [...y]}]))
  },
  async train({cell, ...run}) {
    const records = await train({...run, cell: {...cell, keepsWeights: true}})
    return records.map(({parameters, ...record}) => ({...record, weights: parameters && [...parameters].map(String)}))
  },
  async code({cells, choice}) {
    const {valuesOf, codeOf} = globalThis.playgroundCode
    const seed = Number(choice.seed[0])
    const networks = []
    for (const cell of cells) networks.push({cell, records: await train({cell, rate: 0.1, seed})})
    const values = await valuesOf({choice, networks}, ["A", "B"], "https://SITE")
    const outputs = networks.map(({cell, records}) =>
      predict(cell, records.at(-1).parameters, seed, values.samples.length),
    )
    return {code: codeOf(values), values, outputs: await Promise.all(outputs)}
  },
}

/** Return the outputs of a network for the first test samples of its seed. */
async function predict(cell, parameters, seed, size) {
  const {test} = await arrays({name: cell.dataset, seed, outputs: cell.layers.at(-1), size: cell.samples})
  const network = new engine.Network(cell, size)
  network.parameters.set(parameters)
  network.x[0].set(test.X.subarray(0, network.x[0].length))
  network.forward(size)
  return [...network.p]
}

// Numbers that JSON lacks, as words.
const word = number => (Number.isFinite(number) ? number : String(number))

Object.assign(TASKS, {
  judge({samples, effect, censored, alpha, claimed}) {
    return samples.map(words => {
      const values = words.map(Number)
      const sample = {kind: censored ? "median" : "centre", values, lowest: values, highest: values}
      const {estimate, low, high} = engine.interval(sample, 1 - alpha)
      return {
        interval: [estimate, low, high].map(word),
        outcome: engine.classify(sample, effect, alpha, claimed),
      }
    })
  },
  metrics: ({records, guess}) =>
    records.map(run =>
      Object.fromEntries(Object.entries(engine.METRICS).map(([name, f]) => [name, word(f(run, guess))])),
    ),
  sample({estimand, arms, level}) {
    const sample = engine.sampleOf(
      estimand,
      arms.map(arm => arm.map(Number)),
    )
    const {estimate, low, high} = engine.interval(sample, level)
    return [estimate, low, high].map(word)
  },
  seed_numbers: ({estimand, arms}) =>
    engine
      .seedNumbers(
        estimand,
        arms.map(arm => arm.map(Number)),
      )
      .map(word),
})

const tasks = JSON.parse(readFileSync(0, "utf8"))
const answers = []
for (const {task, ...options} of tasks) answers.push(await TASKS[task](options))
// JSON has neither NaN nor infinity: such numbers are null, and a run that has them has diverged.
process.stdout.write(JSON.stringify(answers))
