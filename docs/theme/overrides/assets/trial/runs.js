// The networks of a trial: the complete seeds of each context, and the training of others.
;(() => {
  /** Return the runs of a trial, whose data report/pages/tools/trial.py describes, on a trainer. */
  function createRuns(trial, trainer) {
    const results = trial.contexts.map(() => new Map()) // context → seed → {number} per arm
    const samples = trial.contexts.map(() => []) // context → samples that the reader declared, as lists of seeds
    let queue = null // networks still to train
    let {speed} = trial // operations per second, until this device has trained a network

    const isDeclared = (index, seeds) => samples[index].some(each => String(each) === String(seeds))
    const isComplete = index => seeds => seeds.every(seed => results[index].has(seed))

    /** Return how many samples of a context the reader has seen. */
    const seen = index => samples[index].filter(isComplete(index)).length

    /**
     * Declare a sample before its seeds are trained, and return them: if one belongs to another sample of the context, as
     * many seeds that follow all of these.
     */
    function declare(index, seeds) {
      if (isDeclared(index, seeds)) return seeds
      const others = samples[index].flat()
      const own = seeds.some(seed => others.includes(seed)) ? seeds.map((_, i) => Math.max(...others) + 1 + i) : seeds
      samples[index].push(own)
      return own
    }

    /** Return a declared sample, with the number of each network by arm; null before all of its seeds are trained. */
    function sample(index, seeds) {
      if (!isDeclared(index, seeds) || !isComplete(index)(seeds)) return null
      const {arms: described, weights} = trial.contexts[index]
      const arms = described.map((_, arm) => seeds.map(seed => results[index].get(seed)[arm].number))
      const budgets = trial.censored ? described.map(arm => arm.budget) : null
      return {arms, ...engine.sampleOf({...trial, weights, budgets}, arms)}
    }

    /** Return the approximate number of seconds that some networks of each arm of a context take. */
    function estimate(index, seeds) {
      const work = trial.contexts[index].arms.reduce((sum, arm) => sum + trial.cells[arm.cell].work, 0)
      return (work * seeds) / speed / (trainer.workers.length || 1)
    }

    /**
     * Train the arms of seeds. After each network, call `update` with the complete seeds and the number of networks that
     * are left. Return the results of each seed, or null if the reader stopped.
     * jobs: Jobs {seed, rates}, by default with the usual rates.
     */
    async function train(index, jobs, update) {
      const own = []
      queue = own
      await trainer.load()
      if (queue !== own) return null // the reader stopped meanwhile, and may have started again
      const {arms} = trial.contexts[index]
      for (const {seed, rates} of jobs)
        for (const [i, arm] of arms.entries())
          own.push({seed, arm: i, cell: trial.cells[arm.cell], rate: rates?.[i] ?? arm.rate})
      const bySeed = new Map(jobs.map(({seed}) => [seed, new Array(arms.length).fill(null)]))
      const completed = new Map()
      let left = own.length
      const work = async lane => {
        while (own.length && queue === own) {
          const {arm, ...run} = own.shift()
          const result = await trainOne(run, lane)
          if (queue !== own) return
          const ofSeed = bySeed.get(run.seed)
          ofSeed[arm] = result
          if (ofSeed.every(Boolean)) completed.set(run.seed, ofSeed)
          left--
          update(completed, left)
        }
      }
      await Promise.all(trainer.lanes().map(work))
      if (queue !== own) return null
      queue = null
      return completed
    }

    /** Train one network, and return its metric. */
    async function trainOne(run, lane) {
      const begin = performance.now()
      const records = []
      for await (const record of trainer.train(run, lane)) records.push(record)
      if (!records.length) return null
      speed = (1000 * run.cell.work) / (performance.now() - begin)
      const number = engine.METRICS[trial.metric](records, {...run.cell.guess, threshold: trial.threshold})
      return {number}
    }

    /** Stop training. Networks that are half trained are lost; complete seeds stay. */
    function stop() {
      queue = null
      trainer.stop()
    }

    return {results, seen, declare, sample, estimate, train, stop, isTraining: () => queue !== null}
  }

  globalThis.trialRuns = {createRuns}
})()
