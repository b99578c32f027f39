// The score of guesses.
;(() => {
  const {isOpen, replyTo} = globalThis.guessGuesses
  const mean = numbers => numbers.reduce((total, number) => total + number, 0) / numbers.length

  const rounded = number => Math.round(number) + 0 // which is no −0

  /**
   * Return the points of a guess among three: 100 for one that is sure and right, 0 for one that is as good as none. The
   * rule is quadratic, so on average nobody gains by stating another confidence than their own.
   */
  function points(isRight, confidence) {
    const [own, each] = [confidence / 100, (1 - confidence / 100) / 2] // what is left goes to the other two
    const error = isRight ? (1 - own) ** 2 + 2 * each ** 2 : own ** 2 + (1 - each) ** 2 + each ** 2
    return 100 * (1 - 1.5 * error)
  }

  /**
   * Return the score of guesses. Claims whose verdict is open do not count.
   * claims: Claims with their `verdict` and the reader's `guess`.
   * confidences: What a reader can state, in per cent.
   *
   * of, right: Numbers of guesses that count, and of right ones.
   * supported: Number of these claims that are true.
   * fooled: Claims that were guessed wrong, not those that depend on something, the surest guess first.
   * calibration: Mean confidence, and share of right guesses, in per cent, of guesses that say how sure; null without any.
   * points, rival: Mean points of these guesses, and what "it depends" would get for the same claims if it were always
   *     stated with the confidence that is best for it; null without any.
   */
  function score(claims, confidences) {
    const counted = claims.filter(({verdict}) => !isOpen(verdict))
    const reply = ({verdict, guess}) => replyTo(guess.verdict, verdict)
    const isRight = claim => reply(claim) === "right"
    const confidence = claim => claim.guess.confidence ?? 0
    const sure = counted.filter(confidence)
    const always = stated => mean(sure.map(({verdict}) => points(verdict === "depends", stated)))
    return {
      of: counted.length,
      right: counted.filter(isRight).length,
      supported: counted.filter(({verdict}) => verdict === "supported").length,
      fooled: counted.filter(claim => reply(claim) === "wrong").toSorted((a, b) => confidence(b) - confidence(a)),
      calibration: sure.length
        ? {confidence: mean(sure.map(confidence)), right: mean(sure.map(claim => (isRight(claim) ? 100 : 0)))}
        : null,
      points: sure.length ? rounded(mean(sure.map(claim => points(isRight(claim), confidence(claim))))) : null,
      rival: sure.length ? rounded(Math.max(...confidences.map(always))) : null,
    }
  }

  globalThis.guessScores = {score}
})()
