// Train networks with the engine in the folder `engine`: in workers, or where a page may not start any (opened from a
// folder), in short slices of time.
;(() => {
  const SCRIPTS = ["ziggurat", "random", "formulas", "network", "data", "training", "statistics", "judging"]
  const SLICE = 12 // milliseconds: the page stays responsive
  const MOST_WORKERS = 4
  const {loadScript} = globalThis.elements

  const pause = () => new Promise(resolve => setTimeout(resolve))

  let end = 0 // of the current slice

  /** Run a generator in slices of time, and return its result; null once `goesOn` is false. */
  async function inSlices(generator, goesOn) {
    for (;;) {
      if (performance.now() >= end) {
        await pause()
        if (!goesOn()) return null
        end = performance.now() + SLICE
      }
      const {done, value} = generator.next()
      if (done) return value
    }
  }

  /** Run a generator until it yields a record, and return the record; null if there are no more. */
  function* nextRecord(training) {
    for (;;) {
      const {done, value} = training.next()
      if (done) return null
      if (value) return value
      yield
    }
  }

  class Trainer {
    #stops = 0
    workers = []

    /**
     * root: Path to the home of the language.
     * data: Names of the data files that the networks need.
     */
    constructor(root, data) {
      this.root = root
      this.data = data
    }

    /** Load the engine and the data. Only readers who press the button wait for them. */
    async load() {
      for (const name of SCRIPTS) await loadScript(`${this.root}assets/engine/${name}.js`)
      for (const name of this.data) await loadScript(`${this.root}../data/${name}.js`)
    }

    /** Return the lanes that train at the same time: workers, or [null] for the page itself, which takes turns. */
    lanes(count = Math.min(Math.max(navigator.hardwareConcurrency - 1, 1), MOST_WORKERS)) {
      if (!location.protocol.startsWith("http")) return [null]
      const query = this.data.map(name => `data=${name}`).join("&")
      try {
        while (this.workers.length < count)
          this.workers.push(new Worker(`${this.root}assets/engine/worker.js?${query}`))
      } catch {
        this.workers.length = 0 // where workers are forbidden, the page itself trains
        return [null]
      }
      return this.workers.slice(0, count)
    }

    /**
     * Train a network, from its cell, rate and seed, in a lane, and yield its records. Training waits while nobody asks
     * for the next record, and ends early when it is stopped, even before the first record.
     */
    train(run, lane) {
      const stops = this.#stops
      return this.#records(run, lane, () => this.#stops === stops)
    }

    async *#records(run, lane, goesOn) {
      const training = lane ? null : await engine.start(run)
      let message = run
      while (goesOn()) {
        const record = lane ? await this.#ask(lane, message) : await inSlices(nextRecord(training), goesOn)
        if (!record || !goesOn()) return
        yield record
        message = "next"
      }
    }

    /** Post a message to a worker, and return its answer; null if the worker is stopped before. */
    #ask(worker, message) {
      return new Promise((resolve, reject) => {
        worker.onmessage = ({data}) => resolve(data)
        worker.onerror = event => reject(new Error(event.message))
        worker.onstop = () => resolve(null)
        worker.postMessage(message)
      })
    }

    /** Stop training. Networks that are half trained are lost. */
    stop() {
      this.#stops++
      for (const worker of this.workers.splice(0)) {
        worker.terminate()
        worker.onstop?.()
      }
    }
  }

  Object.assign(globalThis, {Trainer, inSlices})
})()
