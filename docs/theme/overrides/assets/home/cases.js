// A guess opens the answer of a case, and counts on the page on guessing.
;(() => {
  const {readGuesses, press, replyTo} = globalThis.guessGuesses
  const {study, ...say} = document.querySelector(".cases").dataset
  const guesses = readGuesses(study)

  for (const section of document.querySelectorAll(".case")) {
    const choices = section.querySelector(".guess-choices")
    const {claim, verdict} = section.dataset
    const reply = section.querySelector(".case-reply")

    choices.addEventListener("click", event => {
      const chosen = event.target.closest("button")
      if (!chosen) return
      press(choices.querySelectorAll("button"), chosen.value)
      section.classList.add("guessed")
      reply.textContent = say[replyTo(chosen.value, verdict)]
      guesses.set(claim, {verdict: chosen.value})
      guesses.store()
    })
  }
})()
