// The networks of a trial: the complete seeds of each context, and the training of others.
;(() => {
  /** Return the runs of a trial, whose data report/pages/tools/trial.py describes, on a trainer. */
  function createRuns(trial, trainer) {
    const results = trial.contexts.map(() => new Map()) // context → seed → {number} per arm
    let queue = null // networks still to train
    let {speed} = trial // operations per second, until this device has trained a network

    /** Return the seeds that are complete in a context, the number of each network by arm, and their sample. */
    function sample(index, wanted) {
      const seeds = wanted.filter(seed => results[index].has(seed))
      if (!seeds.length) return {seeds, arms: [], sample: null}
      const {arms: described, weights} = trial.contexts[index]
      const arms = described.map((_, arm) => seeds.map(seed => results[index].get(seed)[arm].number))
      const budgets = trial.censored ? described.map(arm => arm.budget) : null
      return {seeds, arms, sample: engine.sampleOf({...trial, weights, budgets}, arms)}
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

    return {results, sample, estimate, train, stop, isTraining: () => queue !== null}
  }

  globalThis.trialRuns = {createRuns}
})()
