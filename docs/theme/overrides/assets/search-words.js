// Search for the words of the pages when people type others. A compound that Korean writers may join is two words there.
{
  const SPELLINGS = [
    [/\b(general|initial|normal|optim|regular)iz/gi, "$1is"],
    [/렐루/g, "ReLU"],
    [/시그모이드/g, "sigmoid"],
    [/소프트맥스/g, "softmax"],
    [/(교차|크로스)\s*엔트로피/g, "교차 엔트로피"],
    [/배치\s*사이즈/g, "배치 크기"],
    [/에포크/g, "에폭"],
    [/(?<=학습)율/g, "률"],
    [/(배치)(?=크기)|(활성화|손실)(?=함수)|(기울기)(?=소실)|(죽은)(?=뉴런)/g, "$& "],
  ]

  const QUERY = 2 // the search worker's type of message for a query
  const post = Worker.prototype.postMessage
  Worker.prototype.postMessage = function (message, ...rest) {
    if (message.type === QUERY) {
      let data = message.data.normalize("NFC")
      for (const [typed, said] of SPELLINGS) data = data.replace(typed, said)
      // Korean compounds are written without spaces, so terms of two or more syllables are also searched within words.
      message = {...message, data: data.replace(/(?<=^|\s)\p{sc=Hangul}{2,}(?=$|\s)/gu, "*$&*")}
    }
    return post.call(this, message, ...rest)
  }
}
