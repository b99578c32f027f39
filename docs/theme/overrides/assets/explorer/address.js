// The state of the explorer, and the address that holds it: `#x=batch_size&activation=relu,tanh`. The address has only the
// differences from the first view of the experiment.
;(() => {
  const AXES = ["x", "y", "colour", "columns", "rows"]
  const PANELS = ["columns", "rows"]
  const SCORES = ["test_accuracy", "test_rmse"] // first measures of a view, for classes and for numbers

  function decode(text) {
    try {
      return decodeURIComponent(text)
    } catch {
      return undefined
    }
  }

  /** Return the functions between states and addresses for a study. */
  function addresses(study) {
    const {grid, settings, measures, points, filters, key, pointsOf, measuresOf, valuesAmong} = study
    const firstExperiment = "main-grid" in grid.experiments ? "main-grid" : Object.keys(grid.experiments)[0]
    const sorts = [...settings, ...measures, "n", "diverged"]

    /** Return "none", and the settings and measures that an axis can show. */
    const axisOptions = axis => [
      ...(["colour", ...PANELS].includes(axis) ? ["none"] : []),
      ...(axis === "y" ? [] : settings.filter(name => name !== "experiment")),
      ...(PANELS.includes(axis) ? [] : measures),
    ]

    function defaultState(experiment = firstExperiment) {
      const unfiltered = Object.fromEntries(filters.map(name => [name, []]))
      const view = suggestedView(experiment)
      return separated({experiment, ...unfiltered, sort: "", point: "", scale: "log", ...view})
    }

    /** Return a state in which data sets are not mixed: several that are shown have panels of their own. */
    function separated(state) {
      const all = valuesAmong(pointsOf(state.experiment), "dataset")
      const isMixed = all.length > 1 && state.dataset.length !== 1 && !AXES.some(axis => state[axis] === "dataset")
      if (!isMixed) return state
      return {...state, [PANELS.find(axis => state[axis] === "none") ?? "columns"]: "dataset"}
    }

    /** Return axes and filters for the settings that vary in an experiment, at tuned rates if there are any. */
    function suggestedView(experiment) {
      const candidates = pointsOf(experiment)
      const varying = filters.filter(name => name !== "policy" && valuesAmong(candidates, name).length > 1)
      const tuned = valuesAmong(candidates, "policy").includes("tuned")
      const preferred = tuned
        ? ["batch_size", "hidden", "activation", "objective"]
        : ["learning_rate", "hidden", "activation"]
      const x = preferred.find(name => varying.includes(name)) ?? varying[0] ?? "batch_size"
      const others = [...new Set(["activation", "objective", "initialisation", "hidden", ...varying])].filter(
        name => name !== x && varying.includes(name) && !(tuned && name === "learning_rate"),
      )
      const measured = measuresOf(experiment)
      const y = measured.find(name => [...SCORES, "gradient_per_layer"].includes(name)) ?? measured[0]
      const policy = tuned ? ["tuned"] : []
      return {x, y, colour: others[0] ?? "none", columns: others[1] ?? "none", rows: "none", policy}
    }

    /** Return a state for another experiment. Filters stay as far as the experiment has their values. */
    function moved(state, experiment) {
      const candidates = pointsOf(experiment)
      const view = suggestedView(experiment)
      const kept = filters.map(name => {
        const available = valuesAmong(candidates, name)
        return [name, state[name].filter(value => available.includes(value))]
      })
      const y = measuresOf(experiment).includes(state.y) ? state.y : (view.y ?? measures[0])
      const {policy} = view
      return separated({...state, ...view, ...Object.fromEntries(kept), experiment, policy, point: "", sort: "", y})
    }

    const parseValue = (setting, text) => grid.settings[setting].values.find(value => String(value) === text)

    function isValid(name, text) {
      if (name === "experiment") return Object.hasOwn(grid.experiments, text)
      if (name === "scale") return ["log", "linear"].includes(text)
      if (name === "point") return points.some(point => key(point) === text)
      if (name === "sort") return sorts.includes(text.replace(/^-/, ""))
      return axisOptions(name).includes(text)
    }

    /** Return the state that an address describes, or null if it names something that does not exist. */
    function parseAddress(hash) {
      if (!hash || (!hash.includes("=") && document.getElementById(decode(hash)))) return defaultState()
      const parts = hash.split("&").map(part => part.split("=").map(decode))
      const experiment = Object.fromEntries(parts).experiment ?? firstExperiment
      if (!isValid("experiment", experiment)) return null
      const state = defaultState(experiment)
      for (const [name, text, ...rest] of parts) {
        if (text === undefined || rest.length || !Object.hasOwn(state, name)) return null
        if (filters.includes(name)) {
          state[name] = text === "" ? [] : text.split(",").map(value => parseValue(name, value))
          if (state[name].includes(undefined)) return null
        } else if (isValid(name, text)) {
          state[name] = text
        } else {
          return null
        }
      }
      return separated(state)
    }

    function formatAddress(state) {
      const usual = {...defaultState(state.experiment), experiment: firstExperiment}
      return Object.keys(state)
        .filter(name => String(state[name]) !== String(usual[name]))
        .map(name => `${name}=${[state[name]].flat().map(encodeURIComponent).join(",")}`)
        .join("&")
    }

    return {axisOptions, defaultState, separated, moved, parseValue, parseAddress, formatAddress}
  }

  globalThis.explorerAddress = {AXES, SCORES, addresses}
})()
