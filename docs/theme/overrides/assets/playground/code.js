// The networks of the playground as NumPy code that runs, and as JSON.
;(() => {
  const {layersOf} = globalThis.networks
  const SAMPLES = 5 // test samples that the code tries
  const OUTPUTS = {
    identity: "z",
    sigmoid: "np.exp(-np.logaddexp(0, -z))",
    softmax: "np.exp(z - np.logaddexp.reduce(z, axis=1, keepdims=True))",
  }

  /** Return a float32 with no more digits than it needs to be read again. */
  const short = number => Number(number.toPrecision(9))

  /** Return a matrix as a list with a line for each row. */
  const rowsText = (matrix, indent) =>
    `[${matrix.map(row => `[${row.join(", ")}]`).join(`,\n${" ".repeat(indent + 1)}`)}]`

  /** Return the weights [inputs][outputs] and the biases of each layer as plain numbers. */
  const plainLayers = ({layers}, parameters) =>
    layersOf(layers, parameters).map(({weights, biases}) => ({
      weights: weights.map(row => Array.from(row, short)),
      biases: Array.from(biases, short),
    }))

  /** Return a few test samples of a cell with their classes, and the mean and factor that scale inputs for a seed. */
  async function samplesOf({dataset, samples}, seed) {
    const data = await engine.DATASETS[dataset]()
    const {train, test} = engine.split(data, seed, samples)
    const {mean, factor} = engine.scaling(data, train)
    const shown = test.slice(0, SAMPLES)
    return {
      mean: [...mean],
      factor: [...factor],
      samples: shown.map(i => [...data.X[i]]),
      classes: shown.map(i => data.labels[i]),
    }
  }

  /**
   * Return the networks of a choice as plain values.
   * networks: Networks that the playground tells of. Of those that diverged, their last finite weights count.
   * names: Name of each.
   */
  async function valuesOf({choice, networks}, names, address) {
    return {
      address,
      ...(await samplesOf(networks[0].cell, Number(choice.seed[0]))),
      networks: networks.map(({cell, records}, i) => {
        const {epochs, parameters} = records.findLast(({diverged}) => !diverged)
        const {activation, output} = cell
        const settings = globalThis.playgroundSettings.settingsOf(choice, i)
        return {name: names[i], settings, epochs, activation, output, layers: plainLayers(cell, parameters)}
      }),
    }
  }

  /** Return NumPy code that computes what networks, as `valuesOf` returns them, predict for the samples. */
  function codeOf({address, mean, factor, samples, classes, networks}) {
    const formulas = Object.fromEntries(
      networks.flatMap(({activation, output}) => [
        [activation, engine.ACTIVATIONS[activation].numpy],
        [output, OUTPUTS[output]],
      ]),
    )
    const functions = Object.entries(formulas).map(([name, formula]) => `def ${name}(z):\n    return ${formula}\n\n`)
    const layerText = ({weights, biases}) =>
      `        (np.array(${rowsText(weights, 18)}),\n         np.array([${biases.join(", ")}])),\n`
    const networkText = ({name, activation, output, layers}) =>
      `    ${JSON.stringify(name)}: (${activation}, ${output}, [\n${layers.map(layerText).join("")}    ]),\n`
    const needsMath = functions.some(text => text.includes("math."))
    return `# Networks that were trained in a browser: ${address}
${needsMath ? "import math\n\n" : ""}import numpy as np

${functions.join("")}def predict(network, inputs):
    """Return the outputs of a network for samples, a row each. A single output is p of the second class."""
    activation, output, layers = network
    a = (np.array(inputs) - mean) * factor  # scaled as for training
    for W, b in layers[:-1]:
        a = activation(a @ W + b)
    W, b = layers[-1]
    return output(a @ W + b)

mean = np.array([${mean.join(", ")}])
factor = np.array([${factor.join(", ")}])
networks = {
${networks.map(networkText).join("")}}
samples = ${rowsText(samples, 10)}

print("classes of these test samples:", [${classes.join(", ")}])
for name, network in networks.items():
    print(name, predict(network, samples).round(3).tolist(), sep="\\n")
`
  }

  const FORMATS = {
    py: {textOf: codeOf, type: "text/x-python"},
    json: {textOf: values => `${JSON.stringify(values, null, 1)}\n`, type: "application/json"},
  }

  /**
   * Let the buttons below the playground save its networks, and return the function that it tells of them.
   * addressOf: Function that returns the address of a choice.
   */
  function offer(host, names, addressOf) {
    let told
    const buttons = host.nextElementSibling.querySelectorAll("[data-networks-as]")
    for (const button of buttons)
      button.addEventListener("click", async () => {
        const ending = button.dataset.networksAs
        const {textOf, type} = FORMATS[ending]
        const text = textOf(await valuesOf(told, names, addressOf(told.choice)))
        pages.save(new Blob([text], {type}), `playground.${ending}`)
      })
    return state => {
      told = state
      const areThere = told.networks.length > 0 && told.networks.every(({records}) => records.length > 0)
      for (const button of buttons) button.disabled = !areThere
    }
  }

  globalThis.playgroundCode = {plainLayers, valuesOf, codeOf, offer}
})()
