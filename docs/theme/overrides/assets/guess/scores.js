// The scores of guesses.
;(() => {
  /**
   * Return the Brier score of a guess: the squared error of the probabilities. The other verdicts share the rest.
   * @param {number} confidence from 0 to 1 @param {boolean} right @param {number} count number of possible verdicts
   */
  function brier(confidence, right, count) {
    const others = count - 1
    const rest = (1 - confidence) / others
    if (right) return (1 - confidence) ** 2 + others * rest ** 2
    return confidence ** 2 + (1 - rest) ** 2 + (others - 1) * rest ** 2
  }

  const sum = (/** @type {number[]} */ numbers) => numbers.reduce((total, number) => total + number, 0)
  const mean = (/** @type {number[]} */ numbers) => sum(numbers) / numbers.length

  /**
   * Return the accuracy, Brier score and calibration error of guesses, and the number and share of right ones for each
   * confidence.
   * @param {{confidence: number, right: boolean}[]} guesses with confidences from 0 to 1
   * @param {number} count number of possible verdicts
   */
  function score(guesses, count) {
    const bins = [...new Set(guesses.map(guess => guess.confidence))]
      .toSorted((a, b) => a - b)
      .map(confidence => {
        const alike = guesses.filter(guess => guess.confidence === confidence)
        return {confidence, n: alike.length, right: mean(alike.map(guess => Number(guess.right)))}
      })
    return {
      accuracy: mean(guesses.map(guess => Number(guess.right))),
      brier: mean(guesses.map(guess => brier(guess.confidence, guess.right, count))),
      calibrationError: sum(bins.map(bin => bin.n * Math.abs(bin.confidence - bin.right))) / guesses.length,
      bins,
    }
  }

  /**
   * Return the accuracy and Brier score of three who answer the same claims without thinking. The first is certain that
   * all are supported. The second guesses blindly. The third are the sources, which are certain of their claims, and
   * guess blindly where they make none.
   * @param {{verdict: string, said: boolean}[]} claims with `said` if a source makes the claim
   * @param {number} count number of possible verdicts
   */
  function baselines(claims, count) {
    const blind = 1 / count
    const isSupported = claim => claim.verdict === "supported"
    const certain = claim => ({accuracy: Number(isSupported(claim)), brier: brier(1, isSupported(claim), count)})
    const guessing = {
      accuracy: blind,
      brier: blind * brier(blind, true, count) + (1 - blind) * brier(blind, false, count),
    }
    const average = answers => ({
      accuracy: mean(answers.map(answer => answer.accuracy)),
      brier: mean(answers.map(answer => answer.brier)),
    })
    return {
      supported: average(claims.map(certain)),
      chance: guessing,
      sources: average(claims.map(claim => (claim.said ? certain(claim) : guessing))),
    }
  }

  globalThis.guessScores = {brier, score, baselines}
})()
