// A guess opens the answer of a case and counts on the page on guessing; those that the browser keeps are shown again.
;(() => {
  const {readGuesses, press, replyTo} = globalThis.guessGuesses
  const {study, ...say} = document.querySelector(".cases").dataset
  const guesses = readGuesses(study)

  for (const section of document.querySelectorAll(".case")) {
    const choices = section.querySelector(".guess-choices")
    const {claim, verdict} = section.dataset
    const reply = section.querySelector(".case-reply")

    const show = guess => {
      press(choices.querySelectorAll("button"), guess)
      section.classList.add("guessed")
      reply.textContent = say[replyTo(guess, verdict)]
    }
    if (guesses.has(claim)) show(guesses.get(claim).verdict)

    choices.addEventListener("click", event => {
      const chosen = event.target.closest("button")
      if (!chosen) return
      const guesses = readGuesses(study) // as other tabs have left them
      if (!guesses.has(claim)) guesses.set(claim, {verdict: chosen.value})
      guesses.store()
      show(guesses.get(claim).verdict)
    })
  }
})()
