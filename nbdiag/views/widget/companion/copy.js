// The Copy buttons of the cards.
const SHOWN = 1200 // ms: long enough to be read

function copying(view) {
  view.on(view.root, 'click', async event => {
    const button = event.target.closest('.copy')
    const code = button?.closest('dd').querySelector('pre')
    if (!code) return
    try {
      await navigator.clipboard.writeText(code.textContent)
      write(button, 'Copied')
      setTimeout(() => write(button, 'Copy'), SHOWN)
    } catch {
      getSelection().selectAllChildren(code) // no clipboard on this page: the reader copies what is selected
    }
  })
}
