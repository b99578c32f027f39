// The score of guesses.
;(() => {
  const {isOpen, replyTo} = globalThis.guessGuesses
  const mean = (/** @type {number[]} */ numbers) =>
    numbers.reduce((total, number) => total + number, 0) / numbers.length

  /**
   * Return the score of guesses. Claims whose verdict is open do not count.
   * claims: Claims with their `verdict` and the reader's `guess`.
   *
   * of, right: Numbers of guesses that count, and of right ones.
   * supported: Number of these claims that are true.
   * fooled: Claims that were guessed wrong, the surest guess first.
   * calibration: Mean confidence, and share of right guesses, in per cent, of guesses that say how sure; null without any.
   */
  function score(claims) {
    const counted = claims.filter(({verdict}) => !isOpen(verdict))
    const isRight = ({verdict, guess}) => replyTo(guess.verdict, verdict) === "right"
    const confidence = claim => claim.guess.confidence ?? 0
    const sure = counted.filter(confidence)
    return {
      of: counted.length,
      right: counted.filter(isRight).length,
      supported: counted.filter(({verdict}) => verdict === "supported").length,
      fooled: counted.filter(claim => !isRight(claim)).toSorted((a, b) => confidence(b) - confidence(a)),
      calibration: sure.length
        ? {confidence: mean(sure.map(confidence)), right: mean(sure.map(claim => (isRight(claim) ? 100 : 0)))}
        : null,
    }
  }

  globalThis.guessScores = {score}
})()
