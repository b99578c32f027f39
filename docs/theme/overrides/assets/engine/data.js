// Data sets, split and scaled as in ontrial/data: each seed has its own training and validation set.
globalThis.engine ??= {}
;(engine => {
  const {Generator, stream} = engine
  const TEST_SEED = 1795
  const SHAPE_SEED = 20210705
  const POINTS = 500 // points per class
  const DECIMALS = 1e6 // to which coordinates are rounded
  const CHUNK = 500 // rows of a file that are read at a time
  const LARGE = 50 // people in a group whose rate is known well enough

  /**
   * @typedef {object} Dataset
   * @property {Float64Array[]} X the inputs of each sample
   * @property {number[]} labels
   * @property {number} classes
   * @property {boolean} oneUnit whether all features are scaled by the same factor
   * @property {number} [train] the standard number of training samples
   * @property {number} [validation] @property {number} [test] numbers of samples, where they are not a fifth
   * @property {string[]} [groups] of each sample
   *
   * @typedef {{X: Float32Array, y: Float32Array, classes: Int32Array, size: number}} Samples
   * X has size × (features + 1) numbers: every row ends in a 1, whose weight is the bias.
   */

  // Data sets --------------------------------------------------------------------------------------------------------

  /** Return two classes of points in the plane with noise. @param {number[][][]} classes @param {number} sigma */
  function shape(classes, sigma) {
    const random = new Generator(SHAPE_SEED)
    const round = value => roundHalfToEven(value * DECIMALS) / DECIMALS
    const X = classes.flat().map(point => Float64Array.from(point, value => round(value + sigma * random.normal())))
    return {X, labels: classes.flatMap((points, k) => points.map(() => k)), classes: 2, oneUnit: true}
  }

  /** Return numbers from low to high at equal distances. */
  const spaced = (low, high) =>
    Array.from({length: POINTS}, (_, i) => (i === POINTS - 1 ? high : low + i * ((high - low) / (POINTS - 1))))

  /** @type {Record<string, () => Promise<Dataset> | Dataset>} */
  const DATASETS = {
    async digits() {
      const table = await rowsOf(engine.files.optdigits, row => Float64Array.from(row, Number))
      const X = table.map(row => row.subarray(1, -1)) // the first column is the writer
      return {
        X,
        labels: table.map(row => row[row.length - 1]),
        classes: 10,
        oneUnit: true,
        train: 1150,
        validation: 500,
        test: 1797,
      }
    },
    async titanic() {
      const features = {0: ["1st", "2nd", "3rd", "crew"], 1: ["male", "female"], 2: ["child", "adult"]}
      const table = await rowsOf(engine.files.titanic, row => row)
      const people = table.flatMap(([group, sex, age, survived, count]) => {
        const values = [group, sex, age]
        const x = Object.entries(features).flatMap(([i, names]) =>
          names.map(name => Number(name === values[Number(i)])),
        )
        const person = {x: Float64Array.from(x), label: Number(survived === "yes"), group: values.join(" ")}
        return Array.from({length: Number(count)}, () => person)
      })
      return {
        X: people.map(person => person.x),
        labels: people.map(person => person.label),
        groups: people.map(person => person.group),
        classes: 2,
        oneUnit: false,
      }
    },
    moons() {
      const upper = spaced(0, Math.PI).map(angle => [Math.cos(angle), Math.sin(angle)])
      return shape([upper, upper.map(([x, y]) => [1 - x, 0.5 - y])], 0.15)
    },
    spirals() {
      const arm = spaced(0.01, 1).map(square => {
        const radius = Math.sqrt(square)
        return [radius * Math.cos(3 * Math.PI * radius), radius * Math.sin(3 * Math.PI * radius)]
      })
      return shape([arm, arm.map(point => point.map(value => -value))], 0.03)
    },
    xor() {
      const same = Array.from({length: POINTS}, (_, i) => (i % 2 ? [-1, -1] : [1, 1]))
      return shape([same, same.map(([x, y]) => [x, -y])], 0.4)
    },
  }

  /**
   * Return the converted rows of a gzipped CSV file in base64, without its header. Pauses let the page react.
   * @template T @param {string} file @param {(row: string[]) => T} convert
   */
  async function rowsOf(file, convert) {
    const bytes = Uint8Array.from(atob(file), character => character.charCodeAt(0))
    const text = await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text()
    const lines = text.trim().split(/\r?\n/)
    const rows = []
    for (let start = 1; start < lines.length; start += CHUNK) {
      for (const line of lines.slice(start, start + CHUNK)) rows.push(convert(line.split(",")))
      await new Promise(resolve => setTimeout(resolve))
    }
    return rows
  }

  // Splits -----------------------------------------------------------------------------------------------------------

  const ascending = numbers => numbers.sort((a, b) => a - b)
  const roundHalfToEven = x => (x % 1 === 0.5 ? 2 * Math.round(x / 2) : Math.round(x))

  /** Divide `size` among classes in proportion to their counts, by largest remainders. Ties go to the earlier class. */
  function quotas(counts, size) {
    const total = counts.reduce((sum, count) => sum + count, 0)
    const whole = counts.map(count => Math.floor((count * size) / total))
    const missing = size - whole.reduce((sum, count) => sum + count, 0)
    const remainders = counts.map((count, i) => [(count * size) % total, i])
    remainders.sort(([a, i], [b, j]) => b - a || i - j)
    for (const [, i] of remainders.slice(0, missing)) whole[i]++
    return whole
  }

  /**
   * Draw `size` samples, stratified by class. Return the remaining and the drawn samples.
   * @param {number[]} samples @param {number[]} labels @param {number} size @param {*} random
   */
  function drawStratified(samples, labels, size, random) {
    const classes = ascending([...new Set(samples.map(i => labels[i]))])
    const members = classes.map(k => samples.filter(i => labels[i] === k))
    for (const member of members) random.shuffle(member)
    const sizes = quotas(
      members.map(member => member.length),
      size,
    )
    return [
      ascending(members.flatMap((member, k) => member.slice(sizes[k]))),
      ascending(members.flatMap((member, k) => member.slice(0, sizes[k]))),
    ]
  }

  /** Return the samples of each set for a seed. @param {Dataset} dataset @param {number} seed @param {number} [size] */
  function split(dataset, seed, size = dataset.train) {
    const {labels} = dataset
    const all = labels.map((_, i) => i)
    const testSize = dataset.test ?? roundHalfToEven(labels.length / 5)
    const validationSize = dataset.validation ?? roundHalfToEven((labels.length - testSize) / 5)
    const [rest, test] = dataset.test
      ? [all.slice(0, -testSize), all.slice(-testSize)]
      : drawStratified(all, labels, testSize, new Generator(TEST_SEED))
    const [available, validation] = drawStratified(rest, labels, validationSize, stream(seed, "split"))
    const train =
      size === undefined || size === available.length
        ? available
        : drawStratified(available, labels, size, stream(seed, "training samples"))[1]
    return {train, validation, test}
  }

  /** Return the mean of each feature, and the factor that scales it. @param {Dataset} dataset @param {number[]} train */
  function scaling({X, oneUnit}, train) {
    const features = X[0].length

    /** Add up a term of each feature. */
    function total(term) {
      const totals = new Float64Array(features)
      for (const i of train) for (let j = 0; j < features; j++) totals[j] += term(X[i][j], j)
      return totals
    }

    const mean = total(x => x).map(sum => sum / train.length)
    const squares = total((x, j) => (x - mean[j]) * (x - mean[j]))
    if (oneUnit) squares.fill(squares.reduce((sum, square) => sum + square, 0) / features)
    const isConstant = Array.from({length: features}, (_, j) => train.every(i => X[i][j] === X[train[0]][j]))
    return {mean, factor: squares.map((sum, j) => (isConstant[j] ? 0 : 1 / Math.sqrt(sum / train.length)))}
  }

  /**
   * Return the sets of a seed, scaled by its training set: train, validation, test, and groups if there are any.
   * A single output predicts the label itself, several predict one class each.
   * @param {Dataset} dataset @param {number} seed @param {number} outputs @param {number} [size] of the training set
   */
  function arrays(dataset, seed, outputs, size) {
    const parts = split(dataset, seed, size)
    const {mean, factor} = scaling(dataset, parts.train)
    const features = mean.length

    /** @param {number[]} rows @param {(row: number, k: number) => number} target @returns {Samples} */
    function samples(rows, target) {
      const X = new Float32Array(rows.length * (features + 1)).fill(1)
      const y = new Float32Array(rows.length * outputs)
      rows.forEach((i, row) => {
        for (let j = 0; j < features; j++) X[row * (features + 1) + j] = (dataset.X[i][j] - mean[j]) * factor[j]
        for (let k = 0; k < outputs; k++) y[row * outputs + k] = target(row, outputs === 1 ? 1 : k)
      })
      const classes = Int32Array.from(rows, (_, row) => engine.classOf(y, row * outputs, outputs))
      return {X, y, classes, size: rows.length}
    }

    /** @type {Record<string, Samples>} */
    const sets = {}
    for (const [name, rows] of Object.entries(parts))
      sets[name] = samples(rows, (row, k) => Number(dataset.labels[rows[row]] === k))
    if (dataset.groups) {
      const groups = largeGroups(dataset.groups)
      const rates = groups.map(group => group.filter(i => dataset.labels[i]).length / group.length)
      sets.groups = samples(
        groups.map(group => group[0]),
        (row, k) => (k ? rates[row] : 1 - rates[row]),
      )
    }
    return sets
  }

  /** Return the samples of each group of at least LARGE samples, in the order of the groups' names. */
  function largeGroups(groups) {
    const names = [...new Set(groups)].sort()
    const members = names.map(name => groups.flatMap((group, i) => (group === name ? [i] : [])))
    return members.filter(member => member.length >= LARGE)
  }

  Object.assign(engine, {DATASETS, split, scaling, arrays})
})(globalThis.engine)
