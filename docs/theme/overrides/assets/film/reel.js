// A film: the weights of two networks after some epochs (see ontrial/book/films/figures.py). The networks compute the
// frames from their weights, so that frames are exact and files are small.
;(() => {
  const {evaluate, measureTexts} = globalThis.networks
  const {gridPoints} = globalThis.plane

  /** Return numbers from base64 of little-endian float32. */
  const floats = text => new Float32Array(Uint8Array.from(atob(text), character => character.charCodeAt(0)).buffer)

  /** Return the film of a file, with the texts of the page about it. */
  function develop(file, entry) {
    const arms = file.arms.map(arm => ({...arm, weights: arm.weights.map(text => text && floats(text))}))
    return {...file, ...entry, arms, points: floats(file.points), grid: gridPoints(file.plane)}
  }

  // After an arm has diverged, it stays at its last frame, which has no weights.
  const frameOf = (arm, frame) => Math.min(frame, arm.weights.length - 1)
  const weightsOf = (arm, frame) => arm.weights[frameOf(arm, frame)]

  /** Return the outputs of a network with these weights for points: see `evaluate`. */
  function compute(arm, weights, points) {
    const evaluation = evaluate(arm, weights, points)
    for (;;) {
      const {done, value} = evaluation.next()
      if (done) return value
    }
  }

  /** Return the measures of an arm at a frame, in words. */
  function facts(arm, frame, words) {
    if (!weightsOf(arm, frame)) return words.diverged
    const at = frameOf(arm, frame)
    const [test_accuracy, train_loss, dead_units] = [arm.test_accuracy[at], arm.train_loss[at], arm.dead_units[at]]
    return measureTexts(words, {test_accuracy, train_loss, dead_units}).join(" · ")
  }

  globalThis.filmReel = {floats, develop, weightsOf, compute, facts}
})()
